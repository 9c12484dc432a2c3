internal import OmniCore
internal import OmniFormats

/// The added tokens of a `tokenizer.json` with their ids, which the library gives out anew: a token that is a piece has
/// the id of the piece, any other the next free one, whatever the file says.
struct AddedVocabulary {
    /// By their ids; of several entries for one token, the last counts.
    private(set) var tokens: [TokenID: AddedToken] = [:]
    private(set) var ids: [[UInt8]: TokenID] = [:]
    /// What is looked for in text, in the order of precedence.
    private(set) var wanted: [AddedToken] = []

    /// What a byte of a token takes in the tree that finds it, and while that is made.
    private static let byteCountOfByte = 2 * KeySearch.nodeByteCount

    init(
        _ list: JSONNode?, over vocabulary: Vocabulary, budget: inout ReadingBudget
    ) throws(TokenizerError) {
        var entries: [AddedToken] = []
        var latest: [[UInt8]: AddedToken] = [:]
        var specials: Set<[UInt8]> = []
        var (special, plain): ([AddedToken], [AddedToken]) = ([], [])
        var largest = -1
        for node in try list?.elements() ?? [] {
            var token = try Self.token(node)
            let content = Array(token.content.utf8)
            guard !content.isEmpty else { continue }
            try budget.take(byteCount: content.count * Self.byteCountOfByte, for: node.file)
            if token.isSpecial, specials.insert(content).inserted { special.append(token) }
            // An entry like the one before it changes nothing.
            guard latest.updateValue(token, forKey: content) != token else { continue }
            if let id = ids[content] ?? vocabulary.id(of: content).map({ TokenID($0) }) {
                token.id = id
            } else {
                token.id = TokenID(max(largest + 1, vocabulary.count))
            }
            largest = max(largest, Int(token.id.rawValue))
            ids[content] = token.id
            entries.append(token)
            if !specials.contains(content) { plain.append(token) }
        }
        for token in entries {
            var token = token
            token.isSpecial = specials.contains(Array(token.content.utf8))
            tokens[token.id] = token
        }
        wanted = (special + plain).map { token in
            var token = token
            token.id = ids[Array(token.content.utf8)] ?? token.id
            return token
        }
    }

    private static func token(_ node: JSONNode) throws(TokenizerError) -> AddedToken {
        let id = try node.required("id")
        guard (0...Int(UInt32.max)).contains(try id.integer()) else { throw id.fault(.malformed, "this is no id") }
        let isSpecial = try node.flag("special", default: false)
        return AddedToken(
            id: TokenID(rawValue: 0), content: try node.required("content").text(),
            isSingleWord: try node.flag("single_word", default: false),
            stripsLeft: try node.flag("lstrip", default: false),
            stripsRight: try node.flag("rstrip", default: false),
            isNormalized: try node.flag("normalized", default: !isSpecial), isSpecial: isSpecial)
    }
}
