import OmniCore

/// What happens to the audio of a conversation before the machine decides on it: the audio is cut into windows, the
/// reply is taken out of them, speech is detected, and the turn in progress is passed on to the encoder.
struct AudioFrontEnd<Encoder: SpeechEncoder> {
    /// Hz, of the windows.
    let sampleRate: Int
    let windowSampleCount: Int
    private let encoder: Encoder
    /// Cuts what comes in into windows.
    var framer: AudioFramer
    private var canceller: EchoCanceller?
    private var detector: VoiceDetector?
    /// What the turn in progress and the next one may need.
    private var history = AudioHistory()
    /// The turn in progress, as far as it was passed on to the encoder, and which samples these are.
    private var turn: (utterance: StreamingUtterance<Encoder>, samples: Range<Int>)?

    /// - Parameter voiceActivity: detects speech; without a model windows only make time pass.
    init(_ encoder: Encoder, voiceActivity: (any VoiceActivityModel)?, echo: EchoSettings?) {
        self.encoder = encoder
        sampleRate = voiceActivity?.sampleRate ?? encoder.inputSampleRate
        windowSampleCount = voiceActivity?.windowSampleCount ?? max(sampleRate / 50, 1)
        framer = AudioFramer(sampleRate: sampleRate, windowSampleCount: windowSampleCount)
        canceller = echo.map { [sampleRate] in EchoCanceller($0, sampleRate: sampleRate) }
        detector = voiceActivity.map(VoiceDetector.init)
    }

    var windowDuration: Duration { .seconds(Double(windowSampleCount) / Double(sampleRate)) }

    // MARK: Windows

    /// Takes the next window.
    ///
    /// - Parameters:
    ///   - played: what is played meanwhile, as many samples; `nil` for silence.
    ///   - detectsSpeech: whether the machine wants to know how likely it is speech.
    mutating func analyze(
        _ window: [Float], played: [Float]?, detectsSpeech: Bool
    ) -> ConversationMachine.Window {
        let silence = Array(repeating: Float.zero, count: window.count)
        let output = canceller?.push(window, played: played ?? silence)
        let samples = output?.samples ?? window
        history.append(samples)
        return ConversationMachine.Window(
            sampleCount: samples.count, level: samples.power.squareRoot(),
            probability: detectsSpeech ? detector?.push(samples) : nil, isEcho: output?.isEcho ?? false)
    }

    // MARK: Turns

    /// Passes on to the encoder what it does not have yet of the turn in progress.
    ///
    /// - Parameter range: the samples of the turn so far.
    /// - Returns: the samples that were passed on.
    mutating func encode(_ range: Range<Int>) throws -> [Float] {
        let first = turn?.samples.lowerBound ?? range.lowerBound
        let start = turn?.samples.upperBound ?? range.lowerBound
        guard start < range.upperBound else { return [] }
        var utterance = try turn?.utterance ?? StreamingUtterance(encoder, sampleRate: sampleRate)
        // The only owner may change it in place.
        turn = nil
        let samples = Array(history[start..<range.upperBound])
        try utterance.push(samples)
        turn = (utterance, first..<range.upperBound)
        return samples
    }

    /// The same at the end of a window, of the turn in progress if there is one. Lets go of audio before a sample.
    mutating func advance(_ turn: Range<Int>?, keepingFrom start: Int) throws -> [Float] {
        defer { history.forget(before: start) }
        return try turn.map { try encode($0) } ?? []
    }

    /// The turn in progress, as far as it was passed on to the encoder.
    var utterance: StreamingUtterance<Encoder>? { turn?.utterance }

    /// The audio of ``utterance``.
    var recording: AudioChunk {
        AudioChunk(turn.map { Array(history[$0.samples]) } ?? [], sampleRate: sampleRate)
    }

    mutating func dropUtterance() { turn = nil }

    /// The end of the audio of a turn, as much as `sampleCount` samples at `rate` Hz are, rounded up.
    func end(of audio: Range<Int>, atMost sampleCount: Int, at rate: Int) -> AudioChunk {
        let isWhole = Double(sampleCount) * Double(sampleRate) >= Double(audio.count) * Double(rate)
        let count = isWhole ? audio.count : sampleCount * sampleRate / rate + 1
        return AudioChunk(Array(history[audio].suffix(count)), sampleRate: sampleRate)
    }
}
