/// A value of a YAML file. Scalars are kept as text: the reader of a field knows the type that it expects.
enum YAMLValue: Sendable, Equatable {
    /// `isPlain` is `false` for text in quotes, which is a word whatever it looks like.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLValue])
    case mapping([String: YAMLValue])

    /// What a key without a value has.
    static let null = YAMLValue.scalar("", isPlain: true)

    var isNull: Bool { plain.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

    /// Text in quotes or without.
    var string: String? {
        guard case .scalar(let text, _) = self else { return nil }
        return text
    }

    /// A decimal or hexadecimal number. A leading zero makes a number octal for some readers, so it makes none here.
    var int: Int? {
        guard let text = plain else { return nil }
        let digits = text.drop { $0 == "-" || $0 == "+" }
        if digits.hasPrefix("0x") {
            return digits == text[...] ? Int(digits.dropFirst(2), radix: 16) : nil
        }
        return digits.hasPrefix("0") && digits != "0" ? nil : Int(text)
    }

    var double: Double? {
        guard let text = plain else { return nil }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: return text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? Double(text) : nil
        }
    }

    /// Not "yes" or "off": those are words since YAML 1.2.
    var bool: Bool? {
        switch plain {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private var plain: String? {
        guard case .scalar(let text, isPlain: true) = self else { return nil }
        return text
    }
}
