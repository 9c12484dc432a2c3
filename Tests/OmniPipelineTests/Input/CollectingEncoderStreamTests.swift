import OmniCore
import OmniTesting
import Testing

/// The stream of an encoder that has none of its own.
@Suite struct CollectingEncoderStreamTests {
    @Test func anyChoppingGivesTheWhole() throws {
        let encoder = ScriptedEncoder()
        let samples = (0..<50).map { Float($0) / 50 }
        var stream = CollectingEncoderStream(encoder)
        for start in stride(from: 0, to: 50, by: 7) {
            try stream.push(samples.span.extracting(start..<min(start + 7, 50)))
        }
        let whole = try encoder.encode(AudioChunk(samples, sampleRate: encoder.inputSampleRate))
        #expect(try stream.finish() == whole)
    }

    /// The sample's index is that in the utterance, and nothing of the piece is taken.
    @Test func samplesThatAreNotFiniteAreRefused() throws {
        let encoder = ScriptedEncoder()
        var stream = CollectingEncoderStream(encoder)
        try stream.push([0.5, 0.25].span)
        #expect(throws: AudioInputError.notFinite(sampleIndex: 3)) { try stream.push([0.125, .nan].span) }
        #expect(try stream.finish().samples == [0.5, 0.25])
    }
}
