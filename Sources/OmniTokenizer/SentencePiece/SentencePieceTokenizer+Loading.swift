public import Foundation
internal import OmniCore
internal import OmniFormats

extension SentencePieceTokenizer {
    /// Reads a `tokenizer.model`.
    ///
    /// - Throws: ``TokenizerError``.
    public init(contentsOf url: URL) throws(TokenizerError) {
        try self.init(model: try readFile(url), file: url.path)
    }

    /// Reads the bytes of a `tokenizer.model`; `file` is what errors call it.
    public init(model bytes: [UInt8], file: String = "tokenizer.model") throws(TokenizerError) {
        var model = try SentencePieceModel(bytes, file: file)
        var builder = Vocabulary.Builder()
        var userSymbols = ByteTrie()
        for (id, piece) in model.pieces.enumerated() {
            let start = builder.pool.count
            builder.pool += piece.text
            builder.add(from: start, id: id)
            guard piece.kind == .userDefined else { continue }
            let nodeCount = userSymbols.nodeCount
            userSymbols.insert(piece.text, value: Int32(id))
            try model.budget.take(byteCount: (userSymbols.nodeCount - nodeCount) * ByteTrie.nodeByteCount, for: file)
        }
        let vocabulary: Vocabulary
        do throws(Vocabulary.Fault) {
            vocabulary = try Vocabulary(builder)
        } catch {
            throw model.fault(.inconsistent, "pieces", error.reason)
        }
        let unknowns = model.pieces.indices.filter { model.pieces[$0].kind == .unknown }
        guard unknowns.count == 1 else {
            throw model.fault(
                .inconsistent, "pieces", "\(unknowns.count) are of the kind unknown, but there must be one")
        }
        let map: CharacterMap
        do throws(CharacterMap.Fault) {
            map = try CharacterMap(model.characterMap)
        } catch {
            throw model.fault(.malformed, "normalizer_spec.precompiled_charsmap", error.reason)
        }
        let bytes = try Self.bytePieces(model)
        func control(_ piece: String) -> TokenID? {
            guard let id = vocabulary.id(of: Array(piece.utf8)), model.pieces[id].kind == .control else { return nil }
            return TokenID(id)
        }
        self.vocabulary = vocabulary
        self.bytes = bytes
        kinds = model.pieces.map(\.kind)
        // Adding zero makes one zero of the two that floating point has.
        scores = model.pieces.map { $0.score + 0 }
        normalizer = SentencePieceNormalizer(
            map: map, userSymbols: userSymbols, addsDummyPrefix: model.addsDummyPrefix,
            removesExtraSpaces: model.removesExtraSpaces, escapesSpaces: model.escapesSpaces,
            treatsSpaceAsSuffix: model.treatsSpaceAsSuffix)
        switch model.algorithm {
        case .bytePairEncoding:
            segmentation = .bytePairEncoding(mergesWithinWords: PieceMergeEncoder.mergesWithinWords(model.pieces))
        case .word: segmentation = .words
        case .character: segmentation = .characters
        case .unigram:
            segmentation = .unigram(
                try UnigramModel(model.pieces, unknown: unknowns[0], budget: &model.budget, file: file))
        }
        unknown = unknowns[0]
        unknownSurface = model.unknownSurface
        byteTokens = model.fallsBackToBytes ? try Self.byteTokens(bytes, model) : nil
        beginningOfText = control(model.beginningPiece)
        endOfText = control(model.endPiece)
    }

    /// The byte of each piece `<0xNN>`.
    private static func bytePieces(_ model: SentencePieceModel) throws(TokenizerError) -> [Int16] {
        var result: [Int16] = []
        for (id, piece) in model.pieces.enumerated() {
            guard piece.kind == .byte else {
                result.append(-1)
                continue
            }
            guard piece.text.count == 6, piece.text.starts(with: "<0x".utf8), piece.text[5] == UInt8(ascii: ">"),
                let byte = UInt8(String(decoding: piece.text[3..<5], as: UTF8.self), radix: 16)
            else {
                throw model.fault(.malformed, "pieces[\(id)]", "a byte piece that is not spelled <0xNN>")
            }
            guard model.fallsBackToBytes else {
                throw model.fault(.inconsistent, "pieces[\(id)]", "a byte piece, but bytes are not fallen back to")
            }
            result.append(Int16(byte))
        }
        return result
    }

    private static func byteTokens(_ bytes: [Int16], _ model: SentencePieceModel) throws(TokenizerError) -> [TokenID] {
        var tokens = [TokenID?](repeating: nil, count: 256)
        for (id, byte) in bytes.enumerated() where byte >= 0 { tokens[Int(byte)] = TokenID(id) }
        let known = tokens.compactMap { $0 }
        guard known.count == 256 else {
            throw model.fault(
                .inconsistent, "trainer_spec.byte_fallback", "this needs 256 byte pieces, but there are \(known.count)")
        }
        return known
    }
}
