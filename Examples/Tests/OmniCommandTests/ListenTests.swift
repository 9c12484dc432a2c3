import Foundation
import OmniPipeline
import Testing

/// The contract of `omni listen` without a microphone.
@Suite(.timeLimit(.minutes(10))) struct ListenTests {
    private static let questions = ["what-is-your-name.wav", "what-is-seven-plus-five.wav"]

    /// The questions with silence after each, long enough for a reply.
    private func conversation(
        in folder: borrowing TemporaryFolder, silenceSeconds: Double
    ) throws -> (path: String, audio: AudioChunk) {
        var audio = AudioChunk([], sampleRate: 16_000)
        for name in Self.questions {
            let question = try AudioChunk(contentsOfWAV: URL(filePath: Command.audio(name)))
            audio.samples += try question.resampled(to: audio.sampleRate).samples
            audio.samples += Array(repeating: 0, count: Int(silenceSeconds * Double(audio.sampleRate)))
        }
        let path = folder.path("conversation.wav")
        try audio.writeWAV(to: URL(filePath: path))
        return (path, audio)
    }

    private func listen(_ arguments: String...) async throws -> Command { try await listen(arguments) }

    private func listen(_ arguments: [String]) async throws -> Command {
        try await Command.run(["listen", "--model", Command.nano] + arguments)
    }

    /// Left in the recording is what was heard, right are the replies.
    private func channels(_ path: String) throws -> (left: [Float], right: [Float]) {
        var reader = try WAVReader(contentsOf: URL(filePath: path))
        #expect(reader.format.channelCount == 2)
        var (left, right): ([Float], [Float]) = ([], [])
        while case let piece = try reader.readInterleaved(frameCount: 65_536), !piece.isEmpty {
            left += stride(from: 0, to: piece.count, by: 2).map { piece[$0] }
            right += stride(from: 1, to: piece.count, by: 2).map { piece[$0] }
        }
        return (left, right)
    }

    @Test func answersARecordingAndReplaysIt() async throws {
        let folder = try TemporaryFolder()
        let (input, audio) = try conversation(in: folder, silenceSeconds: 3)
        let name = folder.path("talk")
        let command = try await listen("--input", input, "--pace", "fast", "--record", name, "--transcribe")
        #expect(command.status == 0, "\(command.messages)")
        let lines = command.text.split(separator: "\n")
        #expect(lines.contains("My name is Omni.") && lines.contains("0 you: What is your name?"))
        #expect(command.messages.contains("turn 1: ") && command.messages.contains("2 turns, 0 interruptions"))

        let (left, right) = try channels(name + ".wav")
        let heard = try AudioChunk(contentsOfWAV: URL(filePath: input))
        #expect(left.starts(with: heard.samples) && heard.samples.count == audio.samples.count)
        // Nothing is said before the first question is over, and then for some time.
        let firstSample = right.firstIndex { $0 != 0 } ?? 0
        #expect(firstSample > 16_000)
        #expect(right.count { abs($0) > 0.01 } > 8000)

        let replay = try await listen("--replay", name + ".jsonl")
        #expect(replay.status == 0, "\(replay.messages)")
        #expect(replay.text.hasSuffix(" events, each the same to the last bit\n"))
    }

    /// The recording that is listened to, for one.
    @Test func aRecordingReplacesNoFile() async throws {
        let folder = try TemporaryFolder()
        let (input, audio) = try conversation(in: folder, silenceSeconds: 1)
        let command = try await listen("--input", input, "--pace", "fast", "--record", folder.path("conversation"))
        #expect(command.status == 73 && command.messages.contains("nothing was changed"), "\(command.messages)")
        #expect(try AudioChunk(contentsOfWAV: URL(filePath: input)).samples.count == audio.samples.count)
        #expect(!FileManager.default.fileExists(atPath: folder.path("conversation.jsonl")))
    }

    /// What was heard until then is the user's, and is replayed to the last bit.
    @Test func controlCKeepsTheRecording() async throws {
        let folder = try TemporaryFolder()
        let (input, audio) = try conversation(in: folder, silenceSeconds: 20)
        let name = folder.path("talk")
        // A shell has SIGINT ignored in what it runs in the background.
        let script = """
            perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$0" listen --model "$1" --input "$2" --record "$3" & omni=$!
            for i in $(seq 600); do ls -A "$4" | grep -q partial && break; sleep 0.05; done
            sleep 3; kill -INT $omni; wait $omni
            """
        let command = try await Command.run(
            ["-c", script, Command.executable.path, Command.nano, input, name, folder.url.path],
            executable: URL(filePath: "/bin/bash"))
        #expect(command.status == 0, "\(command.messages)")
        let heard = try channels(name + ".wav").left
        #expect(!heard.isEmpty && heard.count < audio.samples.count)
        let replay = try await listen("--replay", name + ".jsonl")
        #expect(replay.status == 0, "\(replay.messages)")
    }

    /// Without noise, and heard by a file of its own.
    @Test func aReplayKnowsTheNoiseAndNeedsTheVoiceActivity() async throws {
        let folder = try TemporaryFolder()
        let (input, _) = try conversation(in: folder, silenceSeconds: 1)
        let (name, model) = (folder.path("talk"), ["--vad", Command.nano + "/silero_vad.safetensors"])
        let command = try await listen(
            ["--input", input, "--pace", "fast", "--record", name, "--noise", "none"] + model)
        #expect(command.status == 0, "\(command.messages)")
        let replay = try await listen(["--replay", name + ".jsonl"] + model)
        #expect(replay.status == 0, "\(replay.messages)")
        let without = try await listen("--replay", name + ".jsonl")
        #expect(without.status == 64 && without.messages.contains("--vad is needed"), "\(without.messages)")
    }

    /// Which model wrote down what was said belongs to the conversation.
    @Test func aReplayNeedsTheTranscriberOfItsConversation() async throws {
        let folder = try TemporaryFolder()
        let (input, _) = try conversation(in: folder, silenceSeconds: 1)
        let whisper = Command.package.appending(path: "../Tests/Fixtures/whisper/transcription").standardizedFileURL
        for (file, name) in [("small.pt", "small.pt"), ("small.tiktoken", "multilingual.tiktoken")] {
            let bytes = try Data(contentsOf: whisper.appending(path: file))
            _ = try folder.write(name, bytes)
        }
        let (name, transcriber) = (folder.path("talk"), ["--transcriber", folder.path("small.pt")])
        let command = try await listen(
            ["--input", input, "--pace", "fast", "--record", name, "--transcribe"] + transcriber)
        #expect(command.status == 0, "\(command.messages)")
        let replay = try await listen(["--replay", name + ".jsonl"] + transcriber)
        #expect(replay.status == 0, "\(replay.messages)")
        let without = try await listen("--replay", name + ".jsonl")
        #expect(without.status == 64 && without.messages.contains("--transcriber is needed"), "\(without.messages)")
    }

    /// When things became known at real pace depended on the machine; in its replay they are known at the same place.
    @Test func replaysWhatWasHeardAtRealPace() async throws {
        let folder = try TemporaryFolder()
        let (input, _) = try conversation(in: folder, silenceSeconds: 1)
        let name = folder.path("talk")
        let command = try await listen("--input", input, "--record", name)
        #expect(command.status == 0 && command.messages.contains("turn 0: "))
        let replay = try await listen("--replay", name + ".jsonl")
        #expect(replay.status == 0, "\(replay.messages)")
    }

    /// A trace of other audio, one that was cut short, one that is none.
    @Test func aReplayThatDiffersFails() async throws {
        let folder = try TemporaryFolder()
        let (input, _) = try conversation(in: folder, silenceSeconds: 1)
        let name = folder.path("talk")
        #expect(try await listen("--input", input, "--pace", "fast", "--record", name).status == 0)
        let trace = try String(contentsOfFile: name + ".jsonl", encoding: .utf8)

        let other = try folder.write("other.jsonl", Data(trace.replacing(" says ", with: " sang ").utf8))
        let differing = try await listen("--replay", other)
        #expect(differing.status == 1 && differing.messages.contains(" and is "))
        let lines = trace.split(separator: "\n", omittingEmptySubsequences: true)
        let short = try folder.write("short.jsonl", Data(lines.dropLast().joined(separator: "\n").utf8))
        #expect(try await listen("--replay", short).status == 65)
        let negative = trace.replacing(#/"heardSampleCount":\d+/#, with: #""heardSampleCount":-5"#)
        #expect(negative != trace)
        let wrong = try await listen("--replay", folder.write("negative.jsonl", Data(negative.utf8)))
        #expect(wrong.status == 65 && wrong.messages.contains("-5 samples"), "\(wrong.status) \(wrong.messages)")
        let none = try folder.write("none.jsonl", Data("no trace\n".utf8))
        #expect(try await listen("--replay", none).status == 65)
        #expect(try await listen("--replay", folder.path("nowhere.jsonl")).status == 66)
    }

    /// No machine has so many audio devices; one without PortAudio says that.
    @Test func aDeviceThatIsNotThere() async throws {
        let command = try await listen("--device", "65535")
        let isInstalled = !command.messages.contains("not installed")
        #expect(command.status == (isInstalled ? 66 : 69) && command.output.isEmpty)
        let reasons = ["audio device 65535 cannot be opened", "PortAudio is not installed", "PortAudio does not start"]
        #expect(reasons.contains { command.messages.contains($0) }, "\(command.messages)")
    }

    @Test(arguments: [
        ["--mode", "t1a2"], ["--replay", "x.jsonl", "--input", "x.wav"], ["--input", "x.wav", "--device", "1"],
        ["--silence", "0"], ["--pace", "slow"],
        ["--input", "x.wav", "--prepare-after", "600", "--eagerness", "low"],
    ])
    func wrongUsage(_ arguments: [String]) async throws {
        let command = try await Command.run(["listen", "--model", Command.nano] + arguments)
        #expect(command.status == 64 && command.messages.contains("Error:"))
    }
}
