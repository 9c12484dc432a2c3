public import OmniCore

extension AudioChunk {
    /// The samples of some segments one after the other (the reference's `collect_chunks`); empty when there are none.
    /// What lies outside the chunk is left out.
    public func collecting(_ segments: [SpeechSegment]) -> AudioChunk {
        var collected: [Float] = []
        collected.reserveCapacity(min(samples.count, segments.reduce(0) { $0 + $1.sampleRange.count }))
        for segment in segments { collected += samples[segment.sampleRange.clamped(to: 0..<samples.count)] }
        return AudioChunk(collected, sampleRate: sampleRate)
    }
}
