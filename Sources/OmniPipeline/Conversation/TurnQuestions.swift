import OmniCore

/// What turns said, for as long as a reply or a transcript may still ask for it.
struct TurnQuestions<Encoder: SpeechEncoder> {
    private var features: [TurnID: SharedFeatures<Encoder>] = [:]
    private var recordings: [TurnID: AudioChunk] = [:]

    /// - Parameters:
    ///   - utterance: what the encoder was given of the turn; `nil` when that is nothing.
    ///   - recording: its audio, where a transcriber will ask for it.
    mutating func keep(_ utterance: StreamingUtterance<Encoder>?, recording: AudioChunk?, as turn: TurnID) {
        recordings[turn] = recording
        features[turn] = utterance.map(SharedFeatures.init)
    }

    /// Lets go of the turns that are not needed any more.
    mutating func forget(unless isNeeded: (TurnID) -> Bool) {
        features = features.filter { isNeeded($0.key) }
        recordings = recordings.filter { isNeeded($0.key) }
    }

    func features(of turn: TurnID) -> SharedFeatures<Encoder>? { features[turn] }

    func recording(of turn: TurnID) -> AudioChunk? { recordings[turn] }
}
