import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniSNAC
import OmniWhisper

struct Transcribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write down what is said.",
        discussion: """
            Prints a line for each file. With --json: an array of what "omni ask --json" prints, with the "file"; or \
            of {"file", "error"} for one that cannot be transcribed. Such a file does not stop the others: it is \
            reported, its line is left out, and the exit status at the end is that of the first one.

            The model is Mini-Omni, or Whisper: a .pt file of openai-whisper, a folder as Hugging Face has it, or its \
            id, as openai/whisper-small. With Whisper, JSON holds what openai-whisper writes, and recordings may have \
            any length; --input microphone writes down what is said until control-C.
            """)

    @Argument(help: "Recordings, or - for standard input.")
    var audio: [String] = []

    @OptionGroup var model: ModelOption
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var context: AudioContextOption
    @OptionGroup(title: "With a Whisper model") var whisper: WhisperOptions

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        if audio.isEmpty, whisper.input == nil { throw ValidationError("name a recording, or --input microphone") }
        if !audio.isEmpty, whisper.input != nil { throw ValidationError("--input does not go with recordings") }
    }

    func run() async throws {
        let url = try model.url
        if let input = whisper.input, WhisperTranscriber.isModel(at: url) { return try await runLive(url, input) }
        if WhisperTranscriber.isModel(at: url) { return try runWhisper(url) }
        if let option = whisper.firstGiven { throw ValidationError("\(option) goes with a Whisper model") }
        var omni = try await model.load(engine: engine, noise: .none)
        context.apply(to: &omni)
        let session = omni.makeSession()
        var reports: [FileReport] = []
        var status: ExitStatus?
        for file in audio {
            if audio.count > 1 { Console.progress(file) }
            do {
                let answer = try await transcript(of: file, session)
                if json {
                    let report = ReplyReport(answer, loadDurations: omni.loadDurations)
                    reports.append(FileReport(file: file, report: report))
                } else {
                    Console.endProgress()
                    try StandardOutput.write(answer.text + "\n")
                }
            } catch {
                guard let failure = Self.failure(of: file, error) else { throw error }
                Console.report(failure)
                if json { reports.append(FileReport(file: file, error: failure.description)) }
                status = status ?? failure.exitStatus
            }
        }
        if json { try StandardOutput.write(json: reports) }
        if let status { throw ExitCode(status.rawValue) }
    }

    private func transcript(of file: String, _ session: OmniSession) async throws -> Reply {
        let question = try AudioInput.readSpeech(file)
        let answer = try await session.answer(
            to: question, mode: .transcription, options: ReplyOptions(generation: sampling.value))
        for warning in answer.warnings { Console.note("\(file): \(warning)") }
        return answer
    }

    /// Why one of the files has no transcript; `nil` for what is not the file's fault: that stops the others as well.
    static func failure(of file: String, _ error: any Error) -> NamedError? {
        NamedError(file, error).flatMap { [.badData, .noInput].contains($0.exitStatus) ? $0 : nil }
    }

    struct FileReport: Encodable {
        let file: String
        var report: ReplyReport?
        var transcript: TranscriptReport?
        var error: String?

        enum CodingKeys: String, CodingKey { case file, error }

        func encode(to encoder: any Encoder) throws {
            try report?.encode(to: encoder)
            try transcript?.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
            try container.encodeIfPresent(error, forKey: .error)
        }
    }
}
