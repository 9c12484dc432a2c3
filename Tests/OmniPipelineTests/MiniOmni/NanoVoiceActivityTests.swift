import Foundation
import OmniCore
import OmniPipeline
import OmniTesting
import OmniVAD
import TestSupport
import Testing

/// The bundled detector: its probabilities are PyTorch's, and it finds no speech in other sounds.
@Suite struct NanoVoiceActivityTests {
    struct Golden: Decodable, Sendable {
        let file: String
        let probabilities: [Float]

        var recording: AudioChunk {
            get throws { try AudioChunk(contentsOfWAV: Fixture.examples.appending(path: "Audio/\(file)")) }
        }
    }

    private func detector(_ engine: Engine = .blas) throws -> SileroVAD {
        let file = try #require(ModelDirectory(NanoModelTests.directory).voiceActivity)
        return try SileroVAD.load(from: file, engine: engine.value)
    }

    @Test(arguments: Engine.allCases) func equalsPyTorch(_ engine: Engine) throws {
        let model = try detector(engine)
        let goldens = try Fixture.json("nano/voice-activity.json", as: [Golden].self)
        #expect(goldens.count == 10)
        for golden in goldens {
            // The fixture has whole windows only.
            let found = try model.probabilities(of: golden.recording).prefix(golden.probabilities.count)
            #expect(Tolerance.largestDifference(Array(found), golden.probabilities) < 1e-3, "\(golden.file)")
        }
    }

    /// One utterance in each question, and it is most of the recording.
    @Test func findsTheSpeechOfEveryQuestion() throws {
        let model = try detector()
        for golden in try Fixture.json("nano/voice-activity.json", as: [Golden].self) {
            let question = try golden.recording
            let segments = try model.speechSegments(in: question)
            let speech = segments.reduce(0) { $0 + $1.sampleRange.count }
            #expect(!segments.isEmpty && 2 * speech > question.samples.count, "\(golden.file)")
        }
    }

    @Test func hearsNoSpeechInSilenceAndNoise() throws {
        let model = try detector()
        var noise = Noise(seed: 41)
        for scale in [0, 1e-4, 0.01, 0.2] as [Float] {
            let audio = AudioChunk(noise.floats(5 * 16_000, scale: scale), sampleRate: 16_000)
            #expect(try model.speechSegments(in: audio).isEmpty, "\(scale)")
        }
    }

    @Test func hearsNoSpeechInAToneAndInClicks() throws {
        let model = try detector()
        let tone = (0..<5 * 16_000).map { 0.3 * Float(sin(Double($0) * 2 * .pi * 440 / 16_000)) }
        let clicks = (0..<5 * 16_000).map { $0 % 4000 < 8 ? Float(0.8) : 0 }
        for samples in [tone, clicks] {
            #expect(try model.speechSegments(in: AudioChunk(samples, sampleRate: 16_000)).isEmpty)
        }
    }
}
