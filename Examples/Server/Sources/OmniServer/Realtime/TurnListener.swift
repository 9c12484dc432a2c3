import OmniCore
import OmniPipeline

/// What a listener hears.
enum TurnEvent: Hashable, Sendable {
    /// Somebody began to speak.
    case began(milliseconds: Int)
    /// It was too short to be a turn.
    case dropped(milliseconds: Int)
    /// The turn may be over: if it is, this was said.
    case mayEnd(AudioChunk)
    /// It was not over.
    case wentOn
    /// The turn is over, and this was said.
    case ended(AudioChunk, milliseconds: Int)
}

/// Finds turns in live sound: a voice activity model, and the pipeline's turn machine.
protocol TurnListening: Sendable {
    /// Takes the next sound, at any one rate.
    mutating func push(_ chunk: AudioChunk) throws(ResamplerError) -> [TurnEvent]
    /// The answer is over, or there is none.
    mutating func replyFinished() -> [TurnEvent]
}

extension VoiceActivityModel {
    /// A listener that begins now.
    func makeListener(_ settings: TurnSettings) -> any TurnListening { TurnListener(self, settings) }
}

struct TurnListener<Detector: VoiceActivityModel>: TurnListening {
    private let detector: Detector
    private var state: Detector.State
    private var machine: TurnMachine
    private var resampler: Resampler?
    /// Sound that may still belong to a turn, at the detector's rate.
    private var kept: [Float] = []
    /// The place of the first kept sample.
    private var keptStart = 0
    /// The place of the first sample that the detector has not heard.
    private var heardEnd = 0
    private let quietSampleCount: Int

    init(_ detector: Detector, _ settings: TurnSettings) {
        var settings = settings
        // Any speech over an answer stops it: the player, which could pause, is at the client.
        settings.backchannelTolerance = .zero
        self.detector = detector
        state = detector.makeState()
        machine = TurnMachine(
            settings, windowSampleCount: detector.windowSampleCount, sampleRate: detector.sampleRate)
        quietSampleCount = Int((settings.prefixPadding.inSeconds + 0.5) * Double(detector.sampleRate))
    }

    mutating func push(_ chunk: AudioChunk) throws(ResamplerError) -> [TurnEvent] {
        if resampler?.inputSampleRate != chunk.sampleRate {
            resampler = try Resampler(from: chunk.sampleRate, to: detector.sampleRate)
        }
        kept += try resampler?.push(chunk.samples) ?? []
        var events: [TurnEvent] = []
        let width = detector.windowSampleCount
        while keptStart + kept.count >= heardEnd + width {
            let start = heardEnd - keptStart
            var state = state
            let probability = detector.speechProbability(
                in: kept.span.extracting(start..<start + width), state: &state)
            self.state = state
            heardEnd += width
            events += machine.push(probability).compactMap(event)
        }
        forget()
        return events
    }

    mutating func replyFinished() -> [TurnEvent] { machine.replyFinished().compactMap(event) }

    private func event(_ action: TurnAction) -> TurnEvent? {
        switch action {
        case .speechStarted(let sample): .began(milliseconds: milliseconds(sample))
        case .speechDropped: .dropped(milliseconds: milliseconds(machine.position))
        case .speculate(let range): .mayEnd(sound(range))
        case .dropSpeculation: .wentOn
        case .commit(let range): .ended(sound(range), milliseconds: milliseconds(machine.position))
        default: nil
        }
    }

    private func milliseconds(_ sample: Int) -> Int { sample * 1000 / detector.sampleRate }

    private func sound(_ range: Range<Int>) -> AudioChunk {
        let places = range.clamped(to: keptStart..<keptStart + kept.count)
        return AudioChunk(
            Array(kept[(places.lowerBound - keptStart)..<(places.upperBound - keptStart)]),
            sampleRate: detector.sampleRate)
    }

    /// Lets go of sound before any turn that may come. A turn is bounded by the machine.
    private mutating func forget() {
        guard machine.phase == .listening || machine.phase == .answering else { return }
        let excess = kept.count - quietSampleCount
        // In large pieces: each removal moves what stays.
        guard excess > detector.sampleRate else { return }
        kept.removeFirst(excess)
        keptStart += excess
    }
}
