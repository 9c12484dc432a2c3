extension String {
    /// The beginning of a text from outside, as it may stand in a message or a log: a few bytes, and nothing that a
    /// terminal would obey.
    ///
    /// - Parameter maximumByteCount: of the text, before characters are escaped.
    func excerpt(maximumByteCount: Int = 64) -> String {
        var result = ""
        var byteCount = 0
        for scalar in unicodeScalars {
            byteCount += UTF8.width(scalar)
            guard byteCount <= maximumByteCount else { return result + "…" }
            if scalar.isObeyed {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether a terminal or a text's layout obeys the character instead of showing it.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
