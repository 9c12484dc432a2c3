import OmniTensor
import OmniTesting
import Testing

@testable import OmniWhisper

@Suite struct RealFourierTransformTests {
    @Test(arguments: [2, 4, 8, 10, 16, 20, 40, 50, 80, 100, 400, 1000])
    func equalsTheDefinition(length: Int) {
        var noise = Noise(seed: UInt64(length))
        let frames = (0..<2).map { _ in noise.floats(length).map(Double.init) }
        let transform = RealFourierTransform(length: length)
        var work = [RealFourierTransform.Complex](repeating: .zero, count: transform.workCount)
        for index in 0..<length / 2 {
            work[index].real = [frames[0][2 * index], frames[1][2 * index]]
            work[index].imaginary = [frames[0][2 * index + 1], frames[1][2 * index + 1]]
        }
        var power = [RealFourierTransform.Lanes](repeating: .zero, count: transform.frequencyCount)
        var workSpan = work.mutableSpan
        var powerSpan = power.mutableSpan
        transform(&workSpan, power: &powerSpan)
        for (lane, frame) in frames.enumerated() {
            for k in 0...length / 2 {
                var (real, imaginary) = (0.0, 0.0)
                for (index, sample) in frame.enumerated() {
                    let angle = 2 * Double.pi * Double(index * k % length) / Double(length)
                    real += sample * ScalarMath.cos(angle)
                    imaginary -= sample * ScalarMath.sin(angle)
                }
                #expect(abs(power[k][lane] - (real * real + imaginary * imaginary)) < 1e-10)
            }
        }
    }
}
