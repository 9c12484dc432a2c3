import Foundation
import OmniCore
import OmniPipeline
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@Suite struct ResamplerTests {
    /// Ratios with few phases, with many, and with so many that the table interpolates.
    static let ratios = [
        (24_000, 16_000), (44_100, 16_000), (48_000, 16_000), (8000, 16_000), (11_025, 16_000), (44_099, 16_000),
        (16_000, 44_099), (15_999, 16_000), (192_000, 8000), (7, 1000), (1000, 7),
    ]

    private func whole(_ samples: [Float], _ from: Int, _ to: Int) throws -> [Float] {
        try AudioChunk(samples, sampleRate: from).resampled(to: to).samples
    }

    @Test(arguments: ratios) func countsOutputs(_ from: Int, _ to: Int) throws {
        var noise = Noise(seed: 5)
        for count in [0, 1, 2, 3, 17, 160, 441, 1000, 4097] {
            let found = try whole(noise.floats(count), from, to)
            #expect(found.count == (count * to + from - 1) / from)
        }
    }

    @Test(arguments: ratios) func piecesAreTheWhole(_ from: Int, _ to: Int) throws {
        var noise = Noise(seed: 6)
        let samples = noise.floats(3000)
        let expected = try whole(samples, from, to)
        for longest in [1, 7, 100, 1000] {
            var resampler = try Resampler(from: from, to: to)
            var found: [Float] = []
            var start = 0
            while start < samples.count {
                let end = min(start + .random(in: 0...longest, using: &noise), samples.count)
                found += try resampler.push(Array(samples[start..<end]))
                start = end
            }
            found += resampler.finish()
            #expect(found == expected)
            #expect(resampler.finish() == [])
            #expect(throws: AudioInputError.streamFinished) { try resampler.push([0]) }
        }
    }

    /// The largest gain over sines of the given frequencies, and the smallest, in dB; the ends are left out.
    private func gains(
        _ from: Int, _ to: Int, hertz: [Double], isAliased: Bool
    ) throws -> (smallest: Double, largest: Double) {
        var (smallest, largest) = (Double.infinity, -Double.infinity)
        for hertz in hertz {
            let count = 24 * max(from / min(from, to), 1) * 160
            let samples = (0..<count).map { Float(sin(2 * .pi * hertz * Double($0) / Double(from))) }
            let found = try whole(samples, from, to)
            var (power, fullPower) = (0.0, 0.0)
            for n in found.count / 4..<found.count * 3 / 4 {
                let full = sin(2 * .pi * hertz * Double(n) / Double(to))
                power += Double(found[n]) * Double(found[n])
                fullPower += isAliased ? 0.5 : full * full
            }
            let gain = 10 * log10(max(power / fullPower, 1e-30))
            smallest = min(smallest, gain)
            largest = max(largest, gain)
        }
        return (smallest, largest)
    }

    /// What would alias is gone: everything above the new Nyquist frequency.
    @Test(arguments: [(24_000, 16_000), (44_100, 16_000), (48_000, 16_000), (44_099, 16_000), (96_000, 8000)])
    func aliasesAreBelow100dB(_ from: Int, _ to: Int) throws {
        let (low, high) = (Double(to) / 2, Double(from) / 2)
        let hertz = (0..<40).map { low + (high - low) * (Double($0) + 0.02) / 40 }
        let largest = try gains(from, to, hertz: hertz, isAliased: true).largest
        #expect(largest < -100)
    }

    /// Going up, the images above the old Nyquist frequency are gone: what is left is the sine alone.
    @Test(arguments: [(16_000, 24_000), (8000, 16_000), (11_025, 16_000), (16_000, 44_099)])
    func imagesAreBelow90dB(_ from: Int, _ to: Int) throws {
        for part in [0.03, 0.2, 0.5, 0.8, 0.9] {
            let hertz = part * Double(from) / 2
            let samples = (0..<6000).map { Float(sin(2 * .pi * hertz * Double($0) / Double(from))) }
            let found = try whole(samples, from, to)
            var error = 0.0
            let middle = found.count / 4..<found.count * 3 / 4
            for n in middle {
                let expected = sin(2 * .pi * hertz * Double(n) / Double(to))
                error += (Double(found[n]) - expected) * (Double(found[n]) - expected)
            }
            #expect(10 * log10(2 * error / Double(middle.count)) < -90, "\(hertz) Hz")
        }
    }

    @Test(arguments: [(24_000, 16_000), (44_100, 16_000), (44_099, 16_000), (8000, 16_000), (16_000, 24_000)])
    func passesEvenly(_ from: Int, _ to: Int) throws {
        let end = 0.91 * Double(min(from, to)) / 2
        let hertz = (0..<40).map { 20 + (end - 20) * Double($0) / 39 }
        let (smallest, largest) = try gains(from, to, hertz: hertz, isAliased: false)
        #expect(smallest > -0.001 && largest < 0.001)
    }

    @Test(arguments: ratios) func keepsAConstant(_ from: Int, _ to: Int) throws {
        let count = 400 * max(from / to, 1) + 600
        let found = try whole(Array(repeating: 0.5, count: count), from, to)
        let middle = Array(found[found.count / 3..<found.count * 2 / 3])
        #expect(Tolerance.largestDifference(middle, Array(repeating: 0.5, count: middle.count)) < 1e-5)
    }

    /// Two converters of others, whose filters differ in the last tenth of the band.
    @Test(arguments: ["q_name_24k", "stereo_44k"]) func agreesWithOthers(_ name: String) throws {
        let goldens = try Checkpoint(contentsOf: Fixture.url("tiny/resample.safetensors"))
        let found = try Fixture.audio("audio/\(name).wav").resampled(to: 16_000).samples
        let soxr = try goldens.floats("\(name).librosa_soxr_hq").scalars
        let ffmpeg = try goldens.floats("\(name).ffmpeg_s16").scalars.map { $0 / 32_768 }
        #expect(found.count == soxr.count)
        for (expected, bound) in [(soxr, -55.0), (ffmpeg, -40)] {
            var (error, power) = (0.0, 0.0)
            for (a, b) in zip(found, expected) {
                error += Double(a - b) * Double(a - b)
                power += Double(b) * Double(b)
            }
            #expect(10 * log10(error / power) < bound)
        }
    }

    @Test func passesEqualRatesThrough() throws {
        var noise = Noise(seed: 8)
        let samples = noise.floats(100)
        #expect(try whole(samples, 16_000, 16_000) == samples)
        var resampler = try Resampler(from: 16_000, to: 16_000)
        #expect(try resampler.push(samples) == samples)
        #expect(resampler.finish() == [])
    }

    @Test func refusesWhatIsNoNumber() throws {
        var resampler = try Resampler(from: 24_000, to: 16_000)
        _ = try resampler.push([0, 0])
        #expect(throws: AudioInputError.notFinite(sampleIndex: 3)) { try resampler.push([0, .nan]) }
        #expect(throws: AudioInputError.notFinite(sampleIndex: 2)) { try resampler.push([.infinity]) }
        #expect(try resampler.push([0]) == [])
    }

    @Test(arguments: [(0, 16_000), (-1, 1), (16_000, 0), (4_294_967_295, 16_000), (16_000, 1), (1 << 40, 1 << 40)])
    func refusesAbsurdRatios(_ from: Int, _ to: Int) {
        #expect(throws: AudioInputError.unsupportedResampling(from: from, to: to)) { try Resampler(from: from, to: to) }
    }
}
