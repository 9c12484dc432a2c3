import OmniCore
import OmniTensor

/// The prefill of a prompt in progress, block by block, so that replies that share the engine need not wait for the
/// whole.
///
/// Batch mode prefills the shared positions once; its second sequence is a fork that takes another last position.
struct PromptPrefill {
    private let prompt: Prompt
    private let speech: (features: Tensor<Float>, positions: Range<Int>)?
    private let mode: ReplyMode
    private let special: SpecialTokens
    private let cache: KVCache
    /// Batch mode's second sequence, once the shared positions are prefilled.
    private(set) var textCache: KVCache?
    private var pass: DecoderPass?
    private(set) var isOver = false

    init(_ prompt: Prompt, speech: Tensor<Float>?, mode: ReplyMode, _ special: SpecialTokens, cache: KVCache) {
        self.prompt = prompt
        self.speech = speech.map { ($0, prompt.featurePositions) }
        self.mode = mode
        self.special = special
        self.cache = cache
    }

    /// Computes one block of the decoder; the logits of the last position when it is the last.
    mutating func advance(_ model: OmniGPT, _ workspace: DecoderWorkspace) {
        if pass == nil { pass = DecoderPass(model, firstSegments, workspace) }
        guard pass?.advance(model, workspace) == false else { return }
        pass = nil
        isOver = true
        guard mode == .speechToSpeechBatch else { return }
        let fork = cache.fork()
        textCache = fork
        // Two positions cost as little as a step: not worth being divided.
        model.forward(
            [
                DecoderSegment(cache, prompt.positions.suffix(1), wantsText: false, wantsAudio: true),
                DecoderSegment(fork, [Prompt.lastPositionOfTextRow(special)], wantsText: true, wantsAudio: false),
            ], workspace)
    }

    private var firstSegments: [DecoderSegment] {
        guard mode == .speechToSpeechBatch else {
            return [
                DecoderSegment(cache, prompt.positions, speech: speech, wantsText: true, wantsAudio: mode.speaks)
            ]
        }
        let shared = Array(prompt.positions.dropLast())
        return [DecoderSegment(cache, shared, speech: speech, wantsText: false, wantsAudio: false)]
    }
}
