public import Foundation
internal import OmniCore
internal import OmniFormats

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
        if let version = try root.member("version"), try version.string() != "1.0" {
            throw version.fault(.unsupported, "\"\(try version.string())\", but only 1.0 is read")
        }
        var budget = contents.budget
        let added = try AddedVocabulary(try root.member("added_tokens"), over: vocabulary, budget: &budget)
        let frame = try TextFrame(postProcessor: try root.member("post_processor"))
        limits = try TextLimits(root, frameCount: frame.prefix.count + frame.suffix.count)
        let normalizer = try Self.composesCanonically(try root.member("normalizer"))
        preTokenizer = try PreTokenizer(reading: try root.member("pre_tokenizer"))
        spelling = try PieceSpelling(reading: try root.member("decoder"))

        var unknown: TokenID?
        if let name = try model.member("unk_token") {
            guard let id = vocabulary.id(of: Array(try name.text().utf8)) else {
                throw name.fault(.inconsistent, "the vocabulary does not have this piece")
            }
            unknown = TokenID(id)
        }
        self.vocabulary = vocabulary
        self.unknown = unknown
        merges = try Self.mergeTable(contents, vocabulary)
        ignoresMergesForPieces = try model.flag("ignore_merges", default: false)
        fusesUnknown = try model.flag("fuse_unk", default: false)
        byteSymbols = (0...UInt8.max).map { byte in
            var spelling: [UInt8] = []
            ByteAlphabet.append(byte, to: &spelling)
            return Int32(vocabulary.id(of: spelling) ?? -1)
        }
        composesCanonically = normalizer
        addedTokens = added.tokens
        addedIDs = added.ids
        rawTokens = AddedTokenFinder(added.wanted.filter { !$0.isNormalized }, settings: added.tokens) {
            Array($0.content.utf8)
        }
        normalizedTokens = AddedTokenFinder(added.wanted.filter(\.isNormalized), settings: added.tokens) { token in
            let content = Array(token.content.utf8)
            guard normalizer else { return content }
            var result: [UInt8] = []
            CanonicalComposition.shared.append(content.span, 0..<content.count, to: &result)
            return result
        }
        (decodedBytes, decodedStarts) = Self.decodings(vocabulary, addedTokens, spelling)
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
    private static func decodings(
        _ vocabulary: Vocabulary, _ added: [TokenID: AddedToken], _ decoder: PieceSpelling
    ) -> ([UInt8], [UInt32]) {
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
            if decoder.spellsBytes {
                ByteAlphabet.appendBytes(of: spelling.span, 0..<spelling.count, to: &bytes, table: table)
            } else {
                bytes.append(contentsOf: spelling)
            }
        }
        starts.append(UInt32(bytes.count))
        return (bytes, starts)
    }
}

/// The bytes of a file.
///
/// - Throws: ``TokenizerError/Code/unreadable``, and ``TokenizerError/Code/malformed`` for what is plainly another
///   file.
func readFile(_ url: URL) throws(TokenizerError) -> [UInt8] {
    guard let bytes = try? Data(contentsOf: url) else {
        throw TokenizerError(.unreadable, file: url.path, reason: "the file is missing or cannot be read")
    }
    if let explanation = MistakenFile.explanation(of: bytes) {
        throw TokenizerError(.malformed, file: url.path, reason: explanation)
    }
    return [UInt8](bytes)
}
