import OmniCore
import OmniGPT
import OmniSNAC
import OmniTensor
import OmniTokenizer
import OmniWhisper

/// Asks a language model recorded questions and watches what its matrices are multiplied by.
struct Calibration {
    /// The scope that the model was made from: it knows the matrices by their names.
    private let weights: WeightScope
    private let omni: MiniOmni

    /// Steps of a reply that are watched.
    private static var stepCount: Int { 96 }

    /// Loads the language model to be watched, the other parts as they are.
    init(_ files: ModelDirectory, engine: NativeEngine) throws {
        weights = WeightScope(try Checkpoint(contentsOf: files.languageModel))
        omni = try MiniOmni(
            encoder: .load(from: files.encoder, engine: engine),
            model: OmniGPT(
                weights, configuration: .load(from: files.languageModelConfiguration),
                engine: ObservingEngine(engine), precision: .float32),
            codec: .load(from: files.codec, noise: .none, engine: engine), tokenizer: .load(from: files.tokenizerFolder)
        )
    }

    /// Every matrix by its full name.
    var matrices: [String: ObservedMatrix] { weights.packedMatrices.compactMapValues { $0 as? ObservedMatrix } }

    /// Asks a question as a conversation does and as a transcription does, then in writing as it was heard.
    func ask(_ question: AudioChunk) async throws {
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: Self.stepCount))
        let session = omni.makeSession()
        _ = try await session.answer(to: question, mode: .speechToSpeechBatch, options: options)
        let heard = try await session.answer(to: question, mode: .transcription, options: options)
        _ = try await session.answer(to: heard.text, mode: .textToSpeech, options: options)
    }
}
