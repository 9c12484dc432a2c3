extension String {
    /// Without white space at both ends, as Python's `strip`.
    func trimmingBlanks() -> String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// What Python's `strip` takes for white space: besides Unicode's, four separators of information.
    var isBlank: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
