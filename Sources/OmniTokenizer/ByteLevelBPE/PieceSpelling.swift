/// How the pieces of ids become text: the `decoder` of a `tokenizer.json`.
struct PieceSpelling: Sendable, Hashable {
    /// Whether the characters of pieces stand for bytes, see ``ByteAlphabet``.
    var spellsBytes = false
    /// Whether a space stands between the pieces.
    var isSpaced = false

    /// Without a decoder, the library puts the pieces beside each other with a space in between.
    init(reading node: JSONNode?) throws(TokenizerError) {
        guard let node else {
            isSpaced = true
            return
        }
        try read(node)
    }

    private mutating func read(_ node: JSONNode) throws(TokenizerError) {
        let type = try node.required("type")
        switch try type.string() {
        case "Sequence": for step in try node.required("decoders").elements() { try read(step) }
        case "ByteLevel":
            guard !spellsBytes else { throw type.fault(.unsupported, "ByteLevel twice") }
            spellsBytes = true
        // Puts pieces together, which happens anyway.
        case "Fuse": break
        case let name: throw type.fault(.unsupported, "\"\(name)\", but only ByteLevel is computed")
        }
    }
}
