internal import OmniCore

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
                guard prefix.count + suffix.count <= Self.countLimit else {
                    throw node.fault(.unsupported, "more than \(Self.countLimit) ids around every text")
                }
            }
        case "TemplateProcessing": try readTemplate(node)
        // One token before and one after, each as a pair of its text and id.
        case "RobertaProcessing", "BertProcessing":
            prefix = [try Self.mark(try node.required("cls"))]
            suffix = [try Self.mark(try node.required("sep"))]
        case let name: throw type.fault(.unsupported, "\"\(name)\" is none of the processors that are computed")
        }
    }

    private static func mark(_ pair: JSONNode) throws(TokenizerError) -> TokenID {
        let parts = try pair.elements()
        guard parts.count == 2 else { throw pair.fault(.malformed, "expected a token and its id") }
        return try id(parts[1])
    }

    private static func id(_ node: JSONNode) throws(TokenizerError) -> TokenID {
        guard let value = Int32(exactly: try node.integer()), value >= 0 else {
            throw node.fault(.malformed, "this is no id")
        }
        return TokenID(rawValue: value)
    }

    /// More ids than any template has around a text: a template may name one list of ids again and again.
    private static let countLimit = 1024

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
            let ids = try node.required("special_tokens").required(name).required("ids").elements()
            guard prefix.count + suffix.count + ids.count <= Self.countLimit else {
                throw template.fault(.unsupported, "more than \(Self.countLimit) ids around every text")
            }
            for id in ids {
                if hasText { suffix.append(try Self.id(id)) } else { prefix.append(try Self.id(id)) }
            }
        }
        guard hasText else { throw template.fault(.unsupported, "a template without the text") }
    }
}
