import OmniCore
import OmniPipeline
import Testing

@Suite struct SpeechlessAudioTests {
    private func found(_ samples: [Float], sampleRate: Int = 16_000) -> AudioInputError? {
        do {
            try AudioChunk(samples, sampleRate: sampleRate).requireSpeech()
            return nil
        } catch {
            return error
        }
    }

    @Test func aWordTakesTime() {
        let noise = (0..<4_800).map { Float($0 % 7) }
        #expect(found([]) == .tooShort(.zero, minimum: .milliseconds(100)))
        #expect(found(Array(noise.prefix(1_599))) == .tooShort(.seconds(1_599.0 / 16_000), minimum: .milliseconds(100)))
        #expect(found(Array(noise.prefix(1_600))) == nil)
        #expect(found(Array(noise.prefix(4_799)), sampleRate: 48_000) != nil)
        #expect(found(noise, sampleRate: 48_000) == nil)
    }

    @Test func equalSamplesAreSilence() {
        #expect(found(Array(repeating: 0, count: 16_000)) == .silent(.seconds(1)))
        #expect(found(Array(repeating: 0.25, count: 16_000)) == .silent(.seconds(1)))
        #expect(found(Array(repeating: 0, count: 15_999) + [0x1p-15]) == nil)
        // What is no number is another error's business.
        #expect(found(Array(repeating: .nan, count: 16_000)) == nil)
    }

    @Test func theErrorSaysHowLong() {
        #expect(found([0])?.description == "the audio is too short: 0 ms, at least 100 are needed")
        #expect(
            found(Array(repeating: 0, count: 8_000))?.description
                == "the audio is silent: all samples of its 500 ms are equal")
    }
}
