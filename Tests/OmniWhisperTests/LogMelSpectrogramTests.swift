import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

@Suite struct LogMelSpectrogramTests {
    /// The definition, term by term: every frame transformed by the sum that defines the transform.
    private func definition(_ samples: [Float], binCount: Int, frameCount: Int) -> Tensor<Float> {
        let total = frameCount * 160
        let padded = (samples + [Float](repeating: 0, count: max(0, total - samples.count))).prefix(total)
        let filters = MelFilterBank(binCount: binCount).matrix
        let turns = (0..<400).map { 2 * Double.pi * Double($0) / 400 }
        // The reference's window, applied in its precision.
        let window = (0..<400).map { 0.5 - 0.5 * ScalarMath.cos(Float($0) * Float(2 * Double.pi / 400)) }
        let (cosines, sines) = (turns.map { ScalarMath.cos($0) }, turns.map { ScalarMath.sin($0) })
        var values: [Double] = []
        for frame in 0..<frameCount {
            let windowed = (0..<400).map { offset -> Double in
                var index = abs(frame * 160 - 200 + offset)
                if index >= total { index = 2 * (total - 1) - index }
                return Double(padded[index] * window[offset])
            }
            let power = (0...200).map { k -> Double in
                var (real, imaginary) = (0.0, 0.0)
                for (index, sample) in windowed.enumerated() {
                    real += sample * cosines[index * k % 400]
                    imaginary -= sample * sines[index * k % 400]
                }
                return real * real + imaginary * imaginary
            }
            let weights = filters.span
            for bin in 0..<binCount {
                let energy = (0...200).reduce(0.0) { $0 + power[$1] * Double(weights[bin * 201 + $1]) }
                values.append(ScalarMath.log10(max(energy, 1e-10)))
            }
        }
        let floor = (values.max() ?? 0) - 8
        return Tensor(values.map { Float((max($0, floor) + 4) / 4) }, shape: [frameCount, binCount])
    }

    @Test(arguments: [1, 80, 128], [0, 1, 160, 401, 8000, 15_999, 16_000, 20_000])
    func equalsTheDefinition(binCount: Int, sampleCount: Int) throws {
        let speech = try Fixture.audio("audio/q_name_16k.wav").samples
        let samples = Array(speech.prefix(sampleCount))
        let found = try LogMelSpectrogram(binCount: binCount, frames: 100)(AudioChunk(samples, sampleRate: 16_000))
        let expected = definition(samples, binCount: binCount, frameCount: 100)
        #expect(Tolerance.largestDifference(found, expected) < 1e-6)
    }

    /// Equal samples at the start are transformed once, and give what each would give.
    @Test(arguments: [0, 1, 200, 360, 361, 520, 521, 700, 8_001, 15_999, 16_000, 20_000], [0, 0.25, -3] as [Float])
    func equalSamplesAtTheStart(count: Int, value: Float) throws {
        let spectrogram = LogMelSpectrogram(melBinCount: 80, frameCount: 100)
        var noise = Noise(seed: UInt64(count))
        let rest = noise.floats(4_000, scale: 0.5)
        var stream = spectrogram.makeStream()
        stream.begin(repeating: value, count: count)
        try stream.push(rest.span)
        let samples = [Float](repeating: value, count: count) + rest
        let whole = try spectrogram(samples.span)
        #expect(stream.finish() == whole)
    }

    /// Sounds that end before, at and after the cut, in pieces of any size, down to none.
    @Test(arguments: [0, 1, 199, 200, 201, 1600, 7_000, 15_800, 16_000, 16_001, 30_000])
    func anyChoppingGivesTheWholeBitByBit(sampleCount: Int) throws {
        let spectrogram = LogMelSpectrogram(melBinCount: 80, frameCount: 100)
        var noise = Noise(seed: UInt64(sampleCount))
        let samples = noise.floats(sampleCount, scale: 0.5)
        let whole = try spectrogram(AudioChunk(samples, sampleRate: 16_000))
        for longest in [1, 7, 160, 400, 5000, 40_000] where sampleCount < 8_000 || longest > 1 {
            var stream = spectrogram.makeStream()
            var start = 0
            while start < sampleCount {
                let end = min(start + Int.random(in: 0...longest, using: &noise), sampleCount)
                try stream.push(Array(samples[start..<end]).span)
                start = end
                #expect(stream.sampleCount == start)
            }
            #expect(stream.finish() == whole)
        }
    }

    @Test func framesAreReadyAsSoonAsTheirSamplesAre() throws {
        let spectrogram = LogMelSpectrogram(melBinCount: 80, frameCount: 100)
        let samples = try Fixture.audio("audio/q_name_16k.wav").samples
        var stream = spectrogram.makeStream()
        var counts: [Int] = []
        for start in stride(from: 0, to: 1000, by: 200) {
            try stream.push(Array(samples[start..<start + 200]).span)
            counts.append(stream.readyFrameCount)
            #expect(stream.rawFrames.shape == [stream.readyFrameCount, 80])
        }
        // Frame t reaches 200 samples beyond 160 t; the first also needs sample 200 to reflect.
        #expect(counts == [0, 2, 3, 4, 6])
        let early = stream.rawFrames.rows(0..<4).scalars
        try stream.push(Array(samples[1000..<9000]).span)
        #expect(stream.rawFrames.rows(0..<4).scalars == early)
    }

    @Test func whatIsLongerThanTheContextIsCutThere() throws {
        let spectrogram = LogMelSpectrogram()
        var noise = Noise(seed: 5)
        let samples = noise.floats(31 * 16_000, scale: 0.2)
        #expect(spectrogram.maximumSampleCount == 480_000)
        let long = try spectrogram(AudioChunk(samples, sampleRate: 16_000))
        let cut = try spectrogram(AudioChunk(Array(samples.prefix(480_000)), sampleRate: 16_000))
        #expect(long == cut)
        // One sample less, the last, changes the last frame.
        let shorter = try spectrogram(AudioChunk(Array(samples.prefix(479_999)), sampleRate: 16_000))
        #expect(shorter != cut)
    }

    @Test func silenceIsTheSameEverywhere() throws {
        for samples in [[], [0], [Float](repeating: 0, count: 5000)] {
            let mel = try LogMelSpectrogram()(AudioChunk(samples, sampleRate: 16_000))
            #expect(mel.scalars.allSatisfy { $0 == -1.5 })
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func aSampleThatIsNoNumberIsNamed(_ bad: Float) throws {
        var samples = [Float](repeating: 0.1, count: 1000)
        samples[777] = bad
        #expect(throws: AudioInputError.notFinite(sampleIndex: 777)) {
            try LogMelSpectrogram()(AudioChunk(samples, sampleRate: 16_000))
        }
        // The stream takes nothing of what it refuses, and counts from its own beginning.
        var stream = LogMelSpectrogram().makeStream()
        try stream.push([Float](repeating: 0.1, count: 500).span)
        do {
            try stream.push(samples.span)
            Issue.record("\(bad) was taken")
        } catch {
            #expect(error == .notFinite(sampleIndex: 500 + 777))
        }
        #expect(stream.sampleCount == 500)
    }

    @Test func theLoudestSoundStaysFinite() throws {
        let samples = (0..<4000).map { $0 % 2 == 0 ? Float.greatestFiniteMagnitude : -.greatestFiniteMagnitude }
        let mel = try LogMelSpectrogram()(AudioChunk(samples, sampleRate: 16_000))
        #expect(mel.scalars.allSatisfy { $0.isFinite })
    }
}

extension LogMelSpectrogram {
    fileprivate init(binCount: Int, frames: Int) { self.init(melBinCount: binCount, frameCount: frames) }
}
