internal import OmniCore

/// What of a `tokenizer.json` this module computes. Everything else is refused by name.
extension ByteLevelBPETokenizer {
    static func checkModel(_ model: JSONNode, of contents: TokenizerFile) throws(TokenizerError) {
        if let type = try model.member("type"), try type.string() != "BPE" {
            throw type.fault(.unsupported, "\"\(try type.string())\", but only BPE is read")
        }
        guard contents.hasVocabulary else { throw model.fault(.malformed, "\"vocab\" is missing or not an object") }
        guard contents.hasMerges else { throw model.fault(.malformed, "\"merges\" is missing or not a list") }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let node = try model.member(name), try !node.string().isEmpty {
                throw node.fault(
                    .unsupported, "byte-level pieces have no prefix or suffix, but this is \"\(try node.string())\"")
            }
        }
        if let dropout = try model.member("dropout"), dropout.value != .integer(0), dropout.value != .number(0) {
            throw dropout.fault(.unsupported, "merges that are left out at random have no fixed ids")
        }
        if try model.flag("byte_fallback", default: false) {
            throw TokenizerError(
                .unsupported, file: model.file, field: "model.byte_fallback",
                reason: "this is for pieces of characters, but only byte-level ones are read")
        }
    }

    /// Whether the normaliser composes; there is no other that is known.
    static func composesCanonically(_ normalizer: JSONNode?) throws(TokenizerError) -> Bool {
        guard let normalizer else { return false }
        let type = try normalizer.required("type")
        switch try type.string() {
        case "NFC": return true
        case "Sequence":
            var result = false
            for node in try normalizer.required("normalizers").elements() where try composesCanonically(node) {
                result = true
            }
            return result
        case let name: throw type.fault(.unsupported, "\"\(name)\", but only NFC is computed")
        }
    }

    static func checkDecoder(_ decoder: JSONNode) throws(TokenizerError) {
        let type = try decoder.required("type")
        guard try type.string() == "ByteLevel" else {
            throw type.fault(.unsupported, "\"\(try type.string())\", but only ByteLevel is read")
        }
    }
}

extension PreTokenizer {
    /// Reads `ByteLevel` alone, or `Split` by a known pattern followed by `ByteLevel` without one.
    init(_ node: JSONNode) throws(TokenizerError) {
        let type = try node.required("type")
        switch try type.string() {
        case "ByteLevel":
            self.init(
                pattern: try node.flag("use_regex", default: true) ? .gpt2 : .whole,
                addsPrefixSpace: try node.flag("add_prefix_space", default: true))
        case "Sequence":
            let list = try node.required("pretokenizers")
            let steps = try list.elements()
            switch steps.count {
            case 1: try self.init(steps[0])
            case 2:
                let byteLevel = try PreTokenizer(steps[1])
                guard byteLevel == PreTokenizer(pattern: .whole, addsPrefixSpace: false) else {
                    throw steps[1].fault(.unsupported, "a second pattern, or a space before each word")
                }
                self.init(pattern: try Self.pattern(ofSplit: steps[0]), addsPrefixSpace: false)
            default: throw list.fault(.unsupported, "\(steps.count) steps, but only one or two are read")
            }
        case let name: throw type.fault(.unsupported, "\"\(name)\", but only ByteLevel, alone or after Split, is read")
        }
    }

    private static func pattern(ofSplit node: JSONNode) throws(TokenizerError) -> Pattern {
        let type = try node.required("type")
        guard try type.string() == "Split" else {
            throw type.fault(.unsupported, "\"\(try type.string())\", but only Split is read here")
        }
        // Both leave the matches of the pattern as words; the patterns match everything.
        let behavior = try node.required("behavior")
        let isInverted = try node.flag("invert", default: false)
        switch (try behavior.string(), isInverted) {
        case ("Isolated", false), ("Removed", true): break
        case let (name, _): throw behavior.fault(.unsupported, "\"\(name)\" with invert \(isInverted)")
        }
        let expression = try node.required("pattern").required("Regex")
        let text = try expression.string()
        if text == gpt2Expression { return .gpt2 }
        for count in 1...9 where cl100kExpressions(digitsPerWord: count).contains(text) {
            return .cl100k(digitsPerWord: count)
        }
        throw expression.fault(.unsupported, "the pattern is neither GPT-2's nor one of the cl100k family: \(text)")
    }

    private static let gpt2Expression =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private static func cl100kExpressions(digitsPerWord count: Int) -> [String] {
        let digits = count == 1 ? [#"\p{N}"#, #"\p{N}{1}"#, #"\p{N}{1,1}"#] : [#"\p{N}{1,\#(count)}"#]
        return digits.map { digits in
            #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n]*|"#
                + #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        }
    }
}

/// The ids that a post-processor puts before and after every text.
struct TextFrame {
    var prefix: [TokenID] = []
    var suffix: [TokenID] = []

    init(postProcessor node: JSONNode?) throws(TokenizerError) {
        guard let node else { return }
        let type = try node.required("type")
        switch try type.string() {
        // It only moves offsets.
        case "ByteLevel": return
        case "Sequence":
            for step in try node.required("processors").elements() {
                let inner = try TextFrame(postProcessor: step)
                prefix = inner.prefix + prefix
                suffix += inner.suffix
            }
        case "TemplateProcessing": try readTemplate(node)
        case let name: throw type.fault(.unsupported, "\"\(name)\", but only ByteLevel and TemplateProcessing are read")
        }
    }

    private mutating func readTemplate(_ node: JSONNode) throws(TokenizerError) {
        var hasText = false
        let template = try node.required("single")
        for element in try template.elements() {
            if try element.member("Sequence") != nil {
                guard !hasText else { throw element.fault(.unsupported, "the text twice") }
                hasText = true
                continue
            }
            let name = try element.required("SpecialToken").required("id").string()
            for id in try node.required("special_tokens").required(name).required("ids").elements() {
                guard let value = Int32(exactly: try id.integer()), value >= 0 else {
                    throw id.fault(.malformed, "this is no id")
                }
                if hasText { suffix.append(TokenID(rawValue: value)) } else { prefix.append(TokenID(rawValue: value)) }
            }
        }
        guard hasText else { throw template.fault(.unsupported, "a template without the text") }
    }
}
