/// A filter that learns how one signal becomes another: normalised least mean squares.
struct AdaptiveFilter: Sendable {
    /// Newest sample last: the taps stand in the order of the samples that they multiply.
    private var taps: [Float]

    var tapCount: Int { taps.count }

    init(tapCount: Int) { taps = Array(repeating: 0, count: tapCount) }

    /// Starts with a plain delay.
    mutating func begin(tap delay: Int, gain: Float) {
        for index in taps.indices { taps[index] = 0 }
        taps[taps.count - 1 - delay] = gain
    }

    /// What remains of `heard` without the filtered `played`, which begins `tapCount - 1` samples earlier.
    func residue(of heard: [Float], played: [Float]) -> [Float] {
        let (taps, played) = (taps.span, played.span)
        return heard.indices.map { heard[$0] - Self.dot(taps, played, at: $0) }
    }

    /// Learns from a window, up to `rate` of what it got wrong.
    mutating func learn(from heard: [Float], played: [Float], rate: Float) {
        let source = played.span
        var energy: Float = 0
        for index in 0..<taps.count { energy += source[index] * source[index] }
        let regularisation = 1e-3 * Float(taps.count) * max(played.power, 1e-8)
        for index in heard.indices {
            let error = heard[index] - Self.dot(taps.span, source, at: index)
            let factor = rate * error / (energy + regularisation)
            var target = taps.mutableSpan
            for tap in 0..<target.count { target[tap] += factor * source[index + tap] }
            guard index + 1 < heard.count else { break }
            let (old, new) = (source[index], source[index + target.count])
            energy = max(energy + new * new - old * old, 0)
        }
    }

    private static func dot(_ taps: Span<Float>, _ source: Span<Float>, at start: Int) -> Float {
        var sum = SIMD4<Float>.zero
        var index = 0
        while index + 4 <= taps.count {
            let place = start + index
            sum +=
                SIMD4(taps[index], taps[index + 1], taps[index + 2], taps[index + 3])
                * SIMD4(source[place], source[place + 1], source[place + 2], source[place + 3])
            index += 4
        }
        var rest: Float = 0
        while index < taps.count {
            rest += taps[index] * source[start + index]
            index += 1
        }
        return sum.sum() + rest
    }
}
