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
}
