import Foundation

/// Sounds that are no speech, the same each time.
enum BenchAudio {
    /// Noise that grows softer with frequency, as in rooms. `level` is its root mean square.
    static func noise(_ count: Int, level: Float) -> [Float] {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        var (slow, sum) = (Float.zero, Float.zero)
        var samples = (0..<count).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let white = Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
            slow = 0.9 * slow + 0.1 * white
            let value = slow + 0.15 * white
            sum += value * value
            return value
        }
        let scale = level / (sum / Float(max(count, 1))).squareRoot()
        for index in samples.indices { samples[index] *= scale }
        return samples
    }

    /// Four notes with overtones, struck twice a second.
    static func chord(_ count: Int, root: Double, level: Float) -> [Float] {
        let rate = Double(SpokenQuestions.sampleRate)
        var sum: Float = 0
        var samples = (0..<count).map { index -> Float in
            let time = Double(index) / rate
            var value = 0.0
            for interval in [1, 1.26, 1.498, 2] {
                for overtone in 1...4 {
                    value += sin(2 * .pi * root * interval * Double(overtone) * time) / Double(overtone * overtone)
                }
            }
            let sample = Float(value * exp(-3 * time.truncatingRemainder(dividingBy: 0.5)))
            sum += sample * sample
            return sample
        }
        let scale = level / max((sum / Float(max(count, 1))).squareRoot(), 1e-9)
        for index in samples.indices { samples[index] *= scale }
        return samples
    }
}
