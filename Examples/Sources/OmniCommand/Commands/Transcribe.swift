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
            Prints a line for each file. With --json: an array of what "omni ask --json" prints, with the "file"; or of \
            {"file", "error"} for one that cannot be transcribed. Such a file does not stop the others: it is reported, its \
            line is left out, and the exit status at the end is that of the first one.
            """)

    @Argument(help: "Recordings, or - for standard input.")
    var audio: [String]

    @OptionGroup var model: ModelOption
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var engine: EngineOption
    @OptionGroup var context: AudioContextOption

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
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
                    let report = AnswerReport(answer, loadDurations: omni.loadDurations)
                    reports.append(FileReport(file: file, report: report))
                } else {
                    Console.endProgress()
                    try StandardOutput.write(answer.text + "\n")
                }
            } catch let error as FileFailure {
                Console.report(error)
                if json { reports.append(FileReport(file: file, error: error.description)) }
                status = status ?? error.status
            }
        }
        if json { try StandardOutput.write(json: reports) }
        if let status { throw ExitCode(status.rawValue) }
    }

    private func transcript(of file: String, _ session: OmniSession) async throws -> Reply {
        do {
            let question = try AudioInput.read(file)
            try question.requireSpeech()
            let answer = try await session.answer(
                to: question, mode: .transcription, options: ReplyOptions(generation: sampling.value))
            for warning in answer.warnings { Console.note("\(file): \(warning)") }
            return answer
        } catch {
            // What is not the file's fault stops the others as well.
            guard let status = ExitStatus(error), [.badData, .noInput].contains(status) else { throw error }
            throw FileFailure(file: file, error: error, status: status)
        }
    }

    /// Why one of the files has no transcript.
    private struct FileFailure: Error, CustomStringConvertible {
        let description: String
        let status: ExitStatus

        init(file: String, error: any Error, status: ExitStatus) {
            let text = String(describing: error)
            let name = file == "-" ? "standard input" : file
            description = text.hasPrefix(name) ? text : "\(name): \(text)"
            self.status = status
        }
    }

    private struct FileReport: Encodable {
        let file: String
        var report: AnswerReport?
        var error: String?

        enum CodingKeys: String, CodingKey { case file, error }

        func encode(to encoder: any Encoder) throws {
            try report?.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
            try container.encodeIfPresent(error, forKey: .error)
        }
    }
}
