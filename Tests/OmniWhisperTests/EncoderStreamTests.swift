import OmniCore
import OmniTensor
import OmniTesting
import TestSupport
import Testing

@testable import OmniWhisper

/// An utterance that is listened to while it is spoken.
@Suite struct EncoderStreamTests {
    /// Contexts of 9600 samples: what ends before, at and after the cut.
    @Test(arguments: [0, 1, 399, 400, 5000, 9599, 9600, 9601, 12_000])
    func anyChoppingGivesTheWholeBitByBit(sampleCount: Int) throws {
        let encoder = try RandomWhisper.make(.reference)
        let utterance = RandomWhisper.audio(sampleCount)
        let whole = try encoder.encode(utterance)
        var noise = Noise(seed: UInt64(sampleCount))
        for longest in [160, 512, 20_000] {
            var stream = encoder.makeStream()
            var start = 0
            while start < sampleCount {
                let end = min(start + Int.random(in: 0...longest, using: &noise), sampleCount)
                try stream.push(Array(utterance.samples[start..<end]).span)
                start = end
            }
            #expect(stream.finish() == whole)
        }
    }

    /// What an answer that is prepared ahead hears does not change what comes later.
    @Test func aCopyEndsEarlierAndTheOriginalGoesOn() throws {
        let encoder = try RandomWhisper.make(.reference)
        let utterance = RandomWhisper.audio(8000)
        var stream = encoder.makeStream()
        try stream.push(Array(utterance.samples[..<5000]).span)
        let early = stream
        try stream.push(Array(utterance.samples[5000...]).span)
        #expect(early.finish() == (try encoder.encode(RandomWhisper.audio(5000))))
        #expect(stream.finish() == (try encoder.encode(utterance)))
    }

    /// The default, for encoders that have nothing to do meanwhile.
    @Test(arguments: [0, 100, 480_000, 480_001]) func aCollectingStreamHearsTheWhole(sampleCount: Int) throws {
        let encoder = ScriptedEncoder()
        var noise = Noise(seed: 3)
        let samples = noise.floats(sampleCount)
        var stream = encoder.makeStream()
        for start in stride(from: 0, to: sampleCount, by: 7000) {
            try stream.push(Array(samples[start..<min(start + 7000, sampleCount)]).span)
        }
        #expect(try stream.finish().samples == Array(samples.prefix(480_000)))
    }
}
