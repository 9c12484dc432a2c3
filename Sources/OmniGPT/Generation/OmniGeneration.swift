public import OmniCore
import OmniTensor

/// One reply in progress: a position of eight streams for each step.
///
/// A reference, because its cache is one. Belongs to one task at a time.
public final class OmniGeneration: SpeechGeneration {
    /// Positions that the prompt took.
    public let promptLength: Int
    /// All tokens so far: audio streams 0…6, then text, as the reference returns them. Text-only modes leave the
    /// audio streams empty; in modes that speak the text stream goes on with pads when the text has ended.
    public private(set) var chosenTokens: [[Int32]] = Array(repeating: [], count: 8)
    /// Whether a limit ended the reply.
    public private(set) var reachedLimit = false
    /// Whether the reply's text is over.
    package private(set) var textHasEnded = false

    private let model: OmniGPT
    private let mode: ReplyMode
    private let special: SpecialTokens
    private let options: GenerationOptions
    /// Holds the logits that the question's last position left, until they are chosen from; then room for any pass.
    let workspace: DecoderWorkspace
    private var prefill: PromptPrefill?
    private var sampler: Sampler
    private var delay: DelayPattern
    /// The sequence that speaks; in text-only modes the one that writes.
    private let cache: KVCache
    /// Batch mode's second sequence, which writes; let go when the text has ended.
    private var textCache: KVCache?
    /// The tokens chosen last; `nil` before the first step.
    private var last: PositionTokens?
    /// What a pass takes of them; kept from step to step, so that a step asks for no memory. Empty when it is to be
    /// made anew.
    private var segments: [DecoderSegment] = []
    private var isOver = false

    init(
        _ model: OmniGPT, _ prompt: Prompt, speech: Tensor<Float>?, mode: ReplyMode, special: SpecialTokens,
        sampler: Sampler, options: GenerationOptions
    ) {
        self.model = model
        self.mode = mode
        self.special = special
        self.sampler = sampler
        self.options = options
        promptLength = prompt.positions.count
        delay = DelayPattern(special)
        workspace = model.makeWorkspace()
        cache = model.makeCache()
        prefill = PromptPrefill(prompt, speech: speech, mode: mode, special, cache: cache)
    }

    /// Prefills a chunk of the prompt: one block of the decoder.
    ///
    /// - Returns: whether there is more to prefill.
    public func prefillChunk() -> Bool {
        guard var prefill else { return false }
        // Only one value may hold the caches: a second one would have them copied.
        self.prefill = nil
        prefill.advance(model, workspace)
        if prefill.isOver {
            textCache = prefill.textCache
        } else {
            self.prefill = prefill
        }
        return !prefill.isOver
    }

    /// Takes one step: chooses the tokens of one position from the logits that the last pass left.
    ///
    /// - Returns: the text token and the codec frame that it made known; `nil` when the reply is over.
    public func next() -> GenerationStep<CodeFrame>? {
        guard mayStep() else { return nil }
        let pending = pendingSegments()
        if !pending.isEmpty { model.forward(pending, workspace) }
        return choose(from: workspace, sequence: 0)
    }

    /// Whether another step can be taken; finds out when the last one was.
    func mayStep() -> Bool {
        while prefillChunk() {}
        guard !isOver else { return false }
        guard isAtLimit else { return true }
        isOver = true
        reachedLimit = true
        return false
    }

    /// What a pass must forward before the next choice: nothing after the question, then the tokens chosen last. Let go
    /// of it before the next step.
    func pendingSegments() -> [DecoderSegment] {
        guard let last else { return [] }
        guard !segments.isEmpty else {
            segments = makeSegments(last)
            return segments
        }
        segments[0].positions[0] = last
        if segments.count > 1 { segments[1].positions[0].text = last.text }
        return segments
    }

    private func makeSegments(_ last: PositionTokens) -> [DecoderSegment] {
        guard let textCache else {
            return [DecoderSegment(cache, [last], wantsText: !textHasEnded, wantsAudio: mode.speaks)]
        }
        return [
            DecoderSegment(cache, [last], wantsText: false, wantsAudio: true),
            DecoderSegment(
                textCache, [PositionTokens(audio: special.audioPad, text: last.text)], wantsText: true,
                wantsAudio: false),
        ]
    }

    /// Chooses the next tokens from logits.
    ///
    /// - Parameters:
    ///   - workspace: where they are.
    ///   - sequence: the first of this reply's sequences in the pass that left them.
    func choose(from workspace: DecoderWorkspace, sequence: Int) -> GenerationStep<CodeFrame>? {
        mode.speaks ? speak(workspace, sequence) : write(workspace, sequence)
    }

    private var stepCount: Int { chosenTokens[7].count }

    private var isAtLimit: Bool {
        promptLength + stepCount >= options.maximumPositionCount
            || stepCount >= options.maximumStepCount ?? .max
    }

    /// A step that chooses audio, and text as long as there is some.
    private func speak(_ workspace: DecoderWorkspace, _ sequence: Int) -> GenerationStep<CodeFrame>? {
        var tokens = PositionTokens(audio: 0, text: special.textPad)
        for stream in 0..<VocabularyLayout.audioStreamCount {
            tokens[audio: stream] = workspace.withAudioLogits(of: sequence, stream: stream) { sampler.choose($0) }
        }
        if !textHasEnded { tokens.text = chooseText(workspace, sequence) }
        // The last stream's end is the end of all; this step is not part of the reply.
        guard tokens[audio: VocabularyLayout.audioStreamCount - 1] != special.audioEnd else {
            isOver = true
            return nil
        }
        let isText = !textHasEnded && tokens.text != special.textEnd
        if tokens.text == special.textEnd { endText() }
        last = tokens
        for stream in 0..<VocabularyLayout.audioStreamCount { chosenTokens[stream].append(tokens[audio: stream]) }
        chosenTokens[7].append(tokens.text)
        return GenerationStep(
            text: isText ? TokenID(rawValue: tokens.text) : nil, frame: delay.push(tokens))
    }

    /// A step that chooses text alone.
    private func write(_ workspace: DecoderWorkspace, _ sequence: Int) -> GenerationStep<CodeFrame>? {
        let token = chooseText(workspace, sequence)
        guard token != special.textEnd else {
            textHasEnded = true
            isOver = true
            return nil
        }
        last = PositionTokens(audio: special.audioPad, text: token)
        chosenTokens[7].append(token)
        return GenerationStep(text: TokenID(rawValue: token), frame: nil)
    }

    private func chooseText(_ workspace: DecoderWorkspace, _ sequence: Int) -> Int32 {
        workspace.withTextLogits(of: textCache == nil ? sequence : sequence + 1) { sampler.choose($0) }
    }

    /// From here on the text stream is pads. Batch mode's second sequence has nothing more to say: the first goes on
    /// alone, with the same tokens as if both had.
    private func endText() {
        textHasEnded = true
        textCache = nil
        segments = []
    }
}
