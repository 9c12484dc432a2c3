import Foundation
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniTensor
import OmniTesting
import OmniWhisper
import TestSupport
import Testing

/// The whole of a small random model, file to event, against the reference's own runs.
@Suite struct TinyModelTests {
    /// One run of the reference.
    private struct Run: Decodable {
        enum Tokens: Decodable {
            case streams([[Int32]])
            case text([Int32])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let streams = try? container.decode([[Int32]].self) {
                    self = .streams(streams)
                } else {
                    self = .text(try container.decode([Int32].self))
                }
            }
        }

        let mode: String
        let src: String
        let text: String
        let tokens: Tokens
        let stopped_by: String
    }

    private func answer(_ run: Run, _ session: OmniSession) async throws -> Reply {
        let mode = try #require(ReplyMode(rawValue: run.mode.lowercased()))
        // The reference was stopped after 64 steps where it had not ended by itself.
        let options = ReplyOptions(generation: GenerationOptions(maximumStepCount: 64))
        guard mode.listens else { return try await session.answer(to: run.src, mode: mode, options: options) }
        let question = try AudioChunk(contentsOfWAV: Fixture.url("audio/\(run.src).wav"))
        return try await session.answer(to: question, mode: mode, options: options)
    }

    @Test(arguments: Engine.allCases) func answersAsTheReferenceInAllModes(_ engine: Engine) async throws {
        let omni = try await MiniOmni.load(from: Fixture.url("tiny/checkpoint"), engine: engine.value, noise: .none)
        let session = omni.makeSession()
        let runs = try Fixture.json("tiny/gpt_streams.json", as: [String: Run].self)
        #expect(Set(runs.values.map { $0.mode.lowercased() }) == Set(ReplyMode.allCases.map(\.rawValue)))
        for (name, run) in runs.sorted(by: { $0.key < $1.key }) {
            let reply = try await answer(run, session)
            switch run.tokens {
            case .streams(let streams): #expect(reply.tokens == streams, "\(name)")
            case .text(let tokens): #expect(reply.tokens.last == tokens, "\(name)")
            }
            #expect(reply.text == run.text, "\(name)")
            #expect(reply.metrics.ending == (run.stopped_by == "cap" ? .reachedLimit : .completed), "\(name)")
            #expect((reply.audio != nil) == reply.metrics.mode.speaks, "\(name)")
        }
    }

    @Test(arguments: Engine.allCases) func soundsAsTheReference(_ engine: Engine) async throws {
        let omni = try await MiniOmni.load(from: Fixture.url("tiny/checkpoint"), engine: engine.value, noise: .none)
        let run = try #require(try Fixture.json("tiny/gpt_streams.json", as: [String: Run].self)["run06"])
        let golden = try Checkpoint(contentsOf: Fixture.url("tiny/gpt_waves.safetensors"))
            .floats("run06.wave_zero_noise")
        let reply = try await answer(run, omni.makeSession())
        let audio = try #require(reply.audio)
        #expect(audio.sampleRate == 24_000)
        #expect(Tolerance.largestDifference(audio.samples, golden.scalars) <= 1e-5)
    }

    /// From a recording to features, with nothing of the tests' own between.
    @Test(arguments: Engine.allCases) func hearsAsTheReference(_ engine: Engine) async throws {
        let omni = try await MiniOmni.load(from: Fixture.url("tiny/checkpoint"), engine: engine.value, noise: .none)
        let goldens = try Checkpoint(contentsOf: Fixture.url("tiny/whisper.safetensors"))
        for clip in ["q_short_16k", "q_name_16k"] {
            let features = try omni.encoder.encode(AudioChunk(contentsOfWAV: Fixture.url("audio/\(clip).wav")))
            let golden = try goldens.floats("\(clip).encoder")
            #expect(Tolerance.relativeDifference(features, golden) <= 1e-4, "\(clip)")
        }
    }

    @Test func saysHowLongThePartsTookToLoad() async throws {
        let omni = try await MiniOmni.load(from: Fixture.url("tiny/checkpoint"))
        let durations = try #require(omni.loadDurations)
        for duration in [durations.encoder, durations.model, durations.codec, durations.tokenizer] {
            #expect(.zero < duration && duration <= durations.total)
        }
        #expect(durations.voiceActivity == nil && omni.voiceActivity == nil && omni.turnEnd == nil)
    }

    @Test func aTurnModelInTheFolderIsLoaded() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "omni-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Fixture.url("tiny/checkpoint"), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "smart-turn-v3.2-cpu.onnx")
        try FileManager.default.copyItem(at: Fixture.url("smart_turn/int8.onnx"), to: file)
        let model = try #require(try await MiniOmni.load(from: folder).turnEnd)
        let silence = [Float](repeating: 0, count: model.sampleRate)
        #expect((0...1).contains(try model.turnEndProbability(of: silence.span)))
        // What is there and cannot be read is said, not left out.
        try Data("none".utf8).write(to: file)
        await #expect(throws: CheckpointError.self) { try await MiniOmni.load(from: folder) }
    }
}
