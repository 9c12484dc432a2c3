import OmniFormats

/// The contents of a `tokenizer.model`: the fields of SentencePiece's `ModelProto` that change ids or text.
struct SentencePieceModel {
    /// What a piece is.
    enum Kind: UInt64, Sendable {
        case normal = 1
        /// Stands for what the vocabulary lacks.
        case unknown = 2
        /// Never found in text, and of no text.
        case control = 3
        /// Always found in text, before anything else.
        case userDefined = 4
        /// In the vocabulary but not to be emitted.
        case unused = 5
        /// One byte of what the vocabulary lacks.
        case byte = 6
    }

    struct Piece {
        /// UTF-8.
        var text: [UInt8] = []
        var score: Float = 0
        var kind = Kind.normal
    }

    /// How text is cut into pieces.
    enum Algorithm: UInt64 {
        case unigram = 1
        case bytePairEncoding = 2
        /// Every word is a piece.
        case word = 3
        /// Every character is a piece.
        case character = 4
    }

    let file: String
    private(set) var pieces: [Piece] = []
    private(set) var algorithm = Algorithm.unigram
    private(set) var fallsBackToBytes = false
    private(set) var treatsSpaceAsSuffix = false
    private(set) var unknownSurface = " \u{2047} "
    private(set) var unknownPiece = "<unk>"
    private(set) var beginningPiece = "<s>"
    private(set) var endPiece = "</s>"
    private(set) var characterMap: [UInt8] = []
    private(set) var addsDummyPrefix = true
    private(set) var removesExtraSpaces = true
    private(set) var escapesSpaces = true
    /// What may still be made of the file.
    var budget: ReadingBudget

    /// No published piece has a tenth of it. Each place of a text is compared with pieces for so long at most.
    private static let longestPieceByteCount = 1024

    /// What a piece takes in the tables of a tokenizer, beside its text.
    private static let pieceByteCount = 100

    /// - Throws: ``TokenizerError``.
    init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
        self.file = file
        budget = ReadingBudget(fileByteCount: bytes.count)
        guard bytes.count < 1 << 31 else {
            throw TokenizerError(.unsupported, file: file, reason: "\(bytes.count) bytes are more than 2 GiB")
        }
        var reader = ProtobufReader(bytes)
        while let field = try next(&reader) {
            guard case .bytes(let number, let range) = field else { continue }
            switch number {
            case 1:
                try budget.take(byteCount: Self.pieceByteCount + range.count, for: file)
                pieces.append(try readPiece(bytes, range))
            case 2: try readTrainer(bytes, range)
            case 3: try readNormalizer(bytes, range)
            case 5: try checkDenormalizer(bytes, range)
            default: break
            }
        }
        guard !pieces.isEmpty else {
            throw TokenizerError(.malformed, file: file, field: "pieces", reason: "there are none")
        }
    }

    private func readPiece(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizerError) -> Piece {
        let name = "pieces[\(pieces.count)]"
        var piece = Piece()
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field {
            case .bytes(1, let range): piece.text = Array(try text(bytes, range, name).utf8)
            case .fixed32(2, let bits):
                piece.score = Float(bitPattern: bits)
                guard piece.score.isFinite else { throw fault(.malformed, name, "the score is not a finite number") }
            case .varint(3, let value):
                guard let kind = Kind(rawValue: value) else { throw fault(.malformed, name, "the kind \(value)") }
                piece.kind = kind
            default: break
            }
        }
        guard !piece.text.isEmpty else { throw fault(.malformed, name, "the piece is empty") }
        guard piece.text.count <= Self.longestPieceByteCount else {
            throw fault(
                .unsupported, name, "\(piece.text.count) bytes, but only \(Self.longestPieceByteCount) are looked for")
        }
        return piece
    }

    private mutating func readTrainer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field {
            case .varint(3, let value):
                guard let algorithm = Algorithm(rawValue: value) else {
                    throw fault(
                        .unsupported, "trainer_spec.model_type", "\(value), but only 1 to 4 are known")
                }
                self.algorithm = algorithm
            case .varint(24, let value): treatsSpaceAsSuffix = value != 0
            case .varint(35, let value): fallsBackToBytes = value != 0
            case .bytes(44, let range): unknownSurface = try text(bytes, range, "trainer_spec.unk_surface")
            case .bytes(45, let range): unknownPiece = try text(bytes, range, "trainer_spec.unk_piece")
            case .bytes(46, let range): beginningPiece = try text(bytes, range, "trainer_spec.bos_piece")
            case .bytes(47, let range): endPiece = try text(bytes, range, "trainer_spec.eos_piece")
            default: break
            }
        }
    }

    private mutating func readNormalizer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            switch field {
            case .bytes(2, let range): characterMap = Array(bytes[range])
            case .varint(3, let value): addsDummyPrefix = value != 0
            case .varint(4, let value): removesExtraSpaces = value != 0
            case .varint(5, let value): escapesSpaces = value != 0
            default: break
            }
        }
    }

    private func checkDenormalizer(_ bytes: [UInt8], _ range: Range<Int>) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, range: range)
        while let field = try next(&reader) {
            if case .bytes(2, let range) = field, !range.isEmpty {
                throw fault(.unsupported, "denormalizer_spec", "rules for the way back are not applied here")
            }
        }
    }

    private func next(_ reader: inout ProtobufReader) throws(TokenizerError) -> ProtobufReader.Field? {
        do {
            return try reader.next()
        } catch {
            throw TokenizerError(.malformed, file: file, reason: error.reason)
        }
    }

    private func text(_ bytes: [UInt8], _ range: Range<Int>, _ field: String) throws(TokenizerError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw fault(.malformed, field, "the text is not UTF-8")
        }
        return text
    }

    func fault(_ code: TokenizerError.Code, _ field: String, _ reason: String) -> TokenizerError {
        TokenizerError(code, file: file, field: field, reason: reason)
    }
}
