import OmniCore

/// A recording in pieces that the encoder hears to their end, cut where it is quietest.
enum AudioPieces {
    /// - Parameters:
    ///   - audio: of any length.
    ///   - maximum: the longest piece.
    /// - Returns: each piece and where it begins.
    static func cut(_ audio: AudioChunk, maximum: Duration) -> [(start: Duration, audio: AudioChunk)] {
        let rate = audio.sampleRate
        let longest = max(Int(maximum / .seconds(1) * Double(rate)), 1)
        var pieces: [(Duration, AudioChunk)] = []
        var start = 0
        repeat {
            var end = audio.samples.count
            if end - start > longest {
                end = quietest(audio.samples, in: start + longest * 2 / 3..<start + longest, rate: rate)
            }
            let piece = AudioChunk(Array(audio.samples[start..<end]), sampleRate: rate)
            pieces.append((.seconds(Double(start) / Double(rate)), piece))
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
