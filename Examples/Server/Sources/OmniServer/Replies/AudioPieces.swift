import OmniCore

/// A recording in pieces that the encoder hears to their end, cut where it is quietest.
enum AudioPieces {
    /// - Parameters:
    ///   - audio: of any length.
    ///   - maximumSampleCount: samples in the longest piece.
    /// - Returns: where each piece lies.
    static func cut(_ audio: AudioChunk, maximumSampleCount: Int) -> [Range<Int>] {
        let (rate, longest) = (audio.sampleRate, max(maximumSampleCount, 1))
        var pieces: [Range<Int>] = []
        var start = 0
        repeat {
            var end = audio.samples.count
            if end - start > longest {
                end = quietest(audio.samples, in: start + longest * 2 / 3..<start + longest, rate: rate)
            }
            pieces.append(start..<end)
            start = end
        } while start < audio.samples.count
        return pieces
    }

    /// The middle of the 100 ms with the least energy.
    private static func quietest(_ samples: [Float], in range: Range<Int>, rate: Int) -> Int {
        let width = max(rate / 10, 1)
        var best = (energy: Float.infinity, place: range.upperBound)
        for place in stride(from: range.lowerBound, to: range.upperBound - width, by: max(width / 2, 1)) {
            let energy = samples[place..<place + width].reduce(Float(0)) { $0 + $1 * $1 }
            if energy < best.energy { best = (energy, place + width / 2) }
        }
        return best.place
    }
}

extension AudioChunk {
    /// A part of the audio.
    subscript(range: Range<Int>) -> AudioChunk { AudioChunk(Array(samples[range]), sampleRate: sampleRate) }
}
