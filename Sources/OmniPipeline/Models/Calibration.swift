import OmniCore
import OmniGPT
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniWhisper

/// Has a language model answer recorded questions and read texts, and watches what its matrices are multiplied by.
struct Calibration {
    /// The scope that the model was made from: it knows the matrices by their names.
    private let weights: WeightScope
    private let omni: MiniOmni

    /// Steps of a reply that are watched.
    private static var stepCount: Int { 96 }

    /// Loads the language model to be watched, the other parts as they are.
    ///
    /// - Parameters:
    ///   - precision: how the model will be packed; here it computes with floats all the same.
    ///   - watched: the matrices that `precision` keeps so are watched.
    init(
        _ files: ModelDirectory, engine: NativeEngine, precision: WeightPrecision, watching watched: WeightPrecision
    ) throws {
        weights = WeightScope(try Checkpoint(contentsOf: files.languageModel))
        omni = try MiniOmni(
            encoder: .load(from: files.encoder, engine: engine),
            model: OmniGPT(
                weights, configuration: .load(from: files.languageModelConfiguration),
                engine: ObservingEngine(engine, watching: watched), precision: precision),
            codec: .load(from: files.codec, noise: .none, engine: engine), tokenizer: .load(from: files.tokenizerFolder)
        )
    }

    /// Every watched matrix by its full name.
    var matrices: [String: ObservedMatrix] { weights.packedMatrices.compactMapValues { $0 as? ObservedMatrix } }

    /// Shows the samples to the model: recordings one by one, then texts together.
    func show(_ samples: [CalibrationSample], progress: (String) -> Void) async throws {
        var (questions, texts): ([AudioChunk], [String]) = ([], [])
        for sample in samples {
            switch sample {
            case .recording(let question): questions.append(question)
            case .text(let text): texts.append(text)
            }
        }
        for (index, question) in questions.enumerated() {
            progress("Asking question \(index + 1) of \(questions.count)")
            try await ask(question)
        }
        if !texts.isEmpty { try read(texts, progress: progress) }
    }

    /// Asks a question as a conversation does and as a transcription does, then in writing as it was heard.
    private func ask(_ question: AudioChunk) async throws {
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: Self.stepCount))
        let session = omni.makeSession()
        _ = try await session.answer(to: question, mode: .speechToSpeechBatch, options: options)
        let heard = try await session.answer(to: question, mode: .transcription, options: options)
        _ = try await session.answer(to: heard.text, mode: .textToSpeech, options: options)
    }

    // MARK: Texts

    /// Positions of a piece of text, the one that the question begins with among them.
    private static var positionCount: Int { 256 }
    /// Tokens of all pieces.
    private static var tokenLimit: Int { 16_384 }
    /// Pieces that are read at once.
    private static var groupSize: Int { 16 }

    private func read(_ texts: [String], progress: (String) -> Void) throws {
        let shape = omni.model.configuration
        guard shape.contextLength > 1 else {
            throw OmniGPTError.promptTooLong(positionCount: 2, maximumPositionCount: shape.contextLength)
        }
        progress("Tokenizing \(texts.count) texts")
        let tokens = texts.map { omni.tokenizer.encode($0) }
        for case let token in tokens.joined() where token.rawValue < 0 || token.rawValue >= shape.textVocabularyCount {
            throw OmniGPTError.tokenOutOfRange(token, vocabularyCount: shape.textVocabularyCount)
        }
        let length = min(Self.positionCount, shape.contextLength) - 1
        let pieces = TextPieces(length: length, tokenLimit: Self.tokenLimit).choose(from: tokens)
        let (readCount, count) = (pieces.joined().count, tokens.joined().count)
        let special = try SpecialTokens(shape.vocabulary)
        for start in stride(from: 0, to: pieces.count, by: Self.groupSize) {
            try Task.checkCancellation()
            let end = min(start + Self.groupSize, pieces.count)
            progress("Reading \(readCount) of \(count) tokens: pieces \(start + 1) to \(end) of \(pieces.count)")
            read(Array(pieces[start..<end]), special)
        }
    }

    /// Reads pieces side by side, position by position: so every position has logits, as when a reply is written.
    private func read(_ pieces: [[TokenID]], _ special: SpecialTokens) {
        let model = omni.model
        let workspace = model.makeWorkspace()
        let caches = pieces.map { _ in model.makeCache() }
        for position in 0...(pieces.map(\.count).max() ?? 0) {
            let segments = zip(pieces, caches).filter { position <= $0.0.count }.map { piece, cache in
                let token = position == 0 ? special.textInput : piece[position - 1].rawValue
                return DecoderSegment(
                    cache, [PositionTokens(audio: special.audioPad, text: token)], wantsText: true, wantsAudio: false)
            }
            model.forward(segments, workspace)
        }
    }
}
