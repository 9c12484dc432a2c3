public import Foundation
internal import OmniCore

extension ByteLevelBPETokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// - Throws: ``TokenizerError``; ``TokenizerError/Code/unsupported`` for anything that would change ids and is not
    ///   computed here (other models, normalisers, patterns), rather than ids that are almost right.
    public init(contentsOf url: URL) throws(TokenizerError) {
        try self.init(json: try readFile(url), file: url.path)
    }

    /// Reads the bytes of a `tokenizer.json`; `file` is what errors call it.
    public init(json bytes: [UInt8], file: String = "tokenizer.json") throws(TokenizerError) {
        let contents = try TokenizerFile(bytes, file: file)
        guard let members = contents.model else {
            throw TokenizerError(.malformed, file: file, field: "model", reason: "this is missing")
        }
        let model = JSONNode(value: .object(members), file: file, path: "model")
        try Self.checkModel(model, of: contents)
        let vocabulary: Vocabulary
        do throws(Vocabulary.Fault) {
            vocabulary = try Vocabulary(contents.vocabulary)
        } catch {
            throw TokenizerError(.inconsistent, file: file, field: "model.vocab", reason: error.reason)
        }
        let root = JSONNode(value: .object(contents.root), file: file, path: "")
        let added = try Self.readAddedTokens(root, over: vocabulary)
        let frame = try TextFrame(postProcessor: try root.member("post_processor"))
        let normalizer = try Self.composesCanonically(try root.member("normalizer"))
        let preTokenizer = try PreTokenizer(try root.required("pre_tokenizer"))
        try Self.checkDecoder(try root.required("decoder"))

        var unknown: TokenID?
        if let name = try model.member("unk_token") {
            guard let id = vocabulary.id(of: Array(try name.string().utf8)) else {
                throw name.fault(.inconsistent, "the vocabulary does not have this piece")
            }
            unknown = TokenID(id)
        }
        self.vocabulary = vocabulary
        self.unknown = unknown
        self.preTokenizer = preTokenizer
        merges = try Self.mergeTable(contents, vocabulary)
        ignoresMergesForPieces = try model.flag("ignore_merges", default: false)
        fusesUnknown = try model.flag("fuse_unk", default: false)
        byteSymbols = (0...UInt8.max).map { byte in
            var spelling: [UInt8] = []
            ByteAlphabet.append(byte, to: &spelling)
            return Int32(vocabulary.id(of: spelling) ?? -1)
        }
        composesCanonically = normalizer
        addedTokens = Dictionary(added.map { ($0.id, $0) }) { first, _ in first }
        addedIDs = Dictionary(added.map { (Array($0.content.utf8), $0.id) }) { first, _ in first }
        rawTokens = AddedTokenFinder(added.filter { !$0.isNormalized }) { Array($0.content.utf8) }
        normalizedTokens = AddedTokenFinder(added.filter(\.isNormalized)) { token in
            let content = Array(token.content.utf8)
            guard normalizer else { return content }
            var result: [UInt8] = []
            CanonicalComposition.shared.append(content.span, 0..<content.count, to: &result)
            return result
        }
        (decodedBytes, decodedStarts) = Self.decodings(vocabulary, addedTokens)
        prefix = frame.prefix
        suffix = frame.suffix
    }

    private static func mergeTable(
        _ contents: TokenizerFile, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> MergeTable {
        var table = MergeTable(capacity: contents.merges.count)
        let pool = contents.mergePool
        let bytes = pool.span
        for (rank, merge) in contents.merges.enumerated() {
            let (start, middle, end) = (Int(merge.start), Int(merge.middle), Int(merge.end))
            guard let left = vocabulary.id(of: bytes, start..<middle),
                let right = vocabulary.id(of: bytes, middle..<end),
                let merged = vocabulary.id(of: bytes, start..<end)
            else {
                throw TokenizerError(
                    .inconsistent, file: contents.file, field: "model.merges[\(rank)]",
                    reason: "the vocabulary lacks one of the two pieces or what they become")
            }
            table.insert(UInt32(left), UInt32(right), rank: UInt32(rank), merged: UInt32(merged))
        }
        return table
    }

    /// The bytes of every id.
    private static func decodings(_ vocabulary: Vocabulary, _ added: [TokenID: AddedToken]) -> ([UInt8], [UInt32]) {
        let limit = max(vocabulary.idLimit, (added.keys.max().map { Int($0.rawValue) } ?? -1) + 1)
        let table = ByteAlphabet.bytes
        var bytes: [UInt8] = []
        var starts: [UInt32] = []
        starts.reserveCapacity(limit + 1)
        var spelling: [UInt8] = []
        for id in 0..<limit {
            starts.append(UInt32(bytes.count))
            spelling.removeAll(keepingCapacity: true)
            if let token = added[TokenID(id)] {
                spelling.append(contentsOf: token.content.utf8)
            } else if let piece = vocabulary.piece(of: id) {
                spelling.append(contentsOf: piece)
            }
            ByteAlphabet.appendBytes(of: spelling.span, 0..<spelling.count, to: &bytes, table: table)
        }
        starts.append(UInt32(bytes.count))
        return (bytes, starts)
    }

    private static func readAddedTokens(
        _ root: JSONNode, over vocabulary: Vocabulary
    ) throws(TokenizerError) -> [AddedToken] {
        guard let list = try root.member("added_tokens") else { return [] }
        let nodes = try list.elements()
        let idBound = vocabulary.idLimit + 65_536 + 2 * nodes.count
        var contents: [Int: [UInt8]] = [:]
        var ids: [[UInt8]: Int] = [:]
        var result: [AddedToken] = []
        for node in nodes {
            let id = try node.required("id").integer()
            let content = try node.required("content").string()
            let bytes = Array(content.utf8)
            guard id >= 0, id < idBound else {
                throw node.fault(.inconsistent, "the id \(id), while the vocabulary ends at \(vocabulary.idLimit)")
            }
            if let known = vocabulary.id(of: bytes) ?? ids[bytes], known != id {
                throw node.fault(.inconsistent, "\"\(content)\" has the ids \(known) and \(id)")
            }
            if let other = contents[id] ?? vocabulary.piece(of: id).map(Array.init), other != bytes {
                throw node.fault(.inconsistent, "the id \(id) has two pieces")
            }
            contents[id] = bytes
            ids[bytes] = id
            let isSpecial = try node.flag("special", default: false)
            result.append(
                AddedToken(
                    id: TokenID(id), content: content, isSingleWord: try node.flag("single_word", default: false),
                    stripsLeft: try node.flag("lstrip", default: false),
                    stripsRight: try node.flag("rstrip", default: false),
                    isNormalized: try node.flag("normalized", default: !isSpecial), isSpecial: isSpecial))
        }
        return result
    }
}

/// The bytes of a file.
func readFile(_ url: URL) throws(TokenizerError) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: url))
    } catch {
        throw TokenizerError(
            .unreadable, file: url.path, reason: "the file cannot be read: \(error.localizedDescription)")
    }
}
