public import OmniCore
import OmniTensor

/// One answer in progress: a position of eight streams for each step.
///
/// A reference, because its cache is one. Belongs to one task at a time.
public final class OmniGeneration: SpeechGeneration {
    /// Positions that the prompt took.
    public let promptLength: Int
    /// Everything chosen so far: audio streams 0…6, then text, as the reference returns them. Text-only modes leave the
    /// audio streams empty; in modes that speak the text stream goes on with pads when the text has ended.
    public private(set) var chosenTokens: [[Int32]] = Array(repeating: [], count: 8)
    /// Whether a limit ended the answer.
    public private(set) var reachedLimit = false
    /// Whether the answer's text is over.
    public private(set) var textHasEnded = false

    private let model: OmniGPT
    private let mode: ReplyMode
    private let special: SpecialTokens
    private let options: GenerationOptions
    private let workspace: DecoderWorkspace
    private var sampler: Sampler
    private var delay: DelayPattern
    /// The sequence that speaks; in text-only modes the one that writes.
    private let cache: KVCache
    /// Batch mode's second sequence, which writes; let go when the text has ended.
    private var textCache: KVCache?
    /// The tokens chosen last; `nil` before the first step.
    private var last: PositionTokens?
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
        read(prompt, speech)
    }

    /// The prefill.
    private func read(_ prompt: Prompt, _ speech: Tensor<Float>?) {
        let speech = speech.map { (features: $0, positions: prompt.featurePositions) }
        guard mode == .speechToSpeechBatch else {
            let segment = DecoderSegment(
                cache, prompt.positions, speech: speech, wantsText: true, wantsAudio: mode.speaks)
            return model.read([segment], workspace)
        }
        let shared = Array(prompt.positions.dropLast())
        model.read(
            [DecoderSegment(cache, shared, speech: speech, wantsText: false, wantsAudio: false)], workspace)
        let fork = cache.fork()
        textCache = fork
        model.read(
            [
                DecoderSegment(cache, prompt.positions.suffix(1), wantsText: false, wantsAudio: true),
                DecoderSegment(fork, [Prompt.lastPositionOfTextRow(special)], wantsText: true, wantsAudio: false),
            ], workspace)
    }

    /// Takes one step: chooses the tokens of one position from the logits that the last pass left.
    ///
    /// - Returns: the text token and the codec frame that it made known; `nil` when the answer is over.
    public func next() -> GenerationStep<CodeFrame>? {
        guard !isOver else { return nil }
        guard !isAtLimit else {
            isOver = true
            reachedLimit = true
            return nil
        }
        if let last { read(last) }
        return mode.speaks ? speak() : write()
    }

    private var stepCount: Int { chosenTokens[7].count }

    private var isAtLimit: Bool {
        promptLength + stepCount >= options.maximumPositionCount
            || stepCount >= options.maximumStepCount ?? .max
    }

    /// Reads the tokens chosen last.
    private func read(_ tokens: PositionTokens) {
        guard let textCache else {
            let segment = DecoderSegment(
                cache, [tokens], wantsText: !textHasEnded, wantsAudio: mode.speaks)
            return model.read([segment], workspace)
        }
        model.read(
            [
                DecoderSegment(cache, [tokens], wantsText: false, wantsAudio: true),
                DecoderSegment(
                    textCache, [PositionTokens(audio: special.audioPad, text: tokens.text)], wantsText: true,
                    wantsAudio: false),
            ], workspace)
    }

    /// A step that chooses sound, and text as long as there is some.
    private func speak() -> GenerationStep<CodeFrame>? {
        var tokens = PositionTokens(audio: 0, text: special.textPad)
        for stream in 0..<VocabularyLayout.audioStreamCount {
            tokens[audio: stream] = workspace.withAudioLogits(of: 0, stream: stream) { sampler.choose($0) }
        }
        if !textHasEnded { tokens.text = chooseText() }
        // The last stream's end is the end of all; this step is not part of the answer.
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
    private func write() -> GenerationStep<CodeFrame>? {
        let token = chooseText()
        guard token != special.textEnd else {
            textHasEnded = true
            isOver = true
            return nil
        }
        last = PositionTokens(audio: special.audioPad, text: token)
        chosenTokens[7].append(token)
        return GenerationStep(text: TokenID(rawValue: token), frame: nil)
    }

    private func chooseText() -> Int32 {
        workspace.withTextLogits(of: textCache == nil ? 0 : 1) { sampler.choose($0) }
    }

    /// From here on the text stream is pads. Batch mode's second sequence has nothing more to say: the first goes on
    /// alone, with the same tokens as if both had.
    private func endText() {
        textHasEnded = true
        textCache = nil
    }
}
