extension WhisperEncoder {
    /// A tenth of a second, as speech services have it: no word is shorter.
    public var minimumSampleCount: Int { WhisperAudio.sampleRate / 10 }
}
