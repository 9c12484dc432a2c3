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
            Prints a line for each file. With --json: an array of what "omni ask --json" prints, with the "file".
            """)

    @Argument(help: "WAV files, or - for standard input.")
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
        for file in audio {
            if audio.count > 1 { Console.progress(file) }
            let question = try AudioInput.read(file)
            try question.requireSpeech()
            let answer = try await session.answer(
                to: question, mode: .transcription, options: ReplyOptions(generation: sampling.value))
            for warning in answer.warnings { Console.note("\(file): \(warning)") }
            if json {
                reports.append(
                    FileReport(
                        file: file, report: AnswerReport(answer, loadDurations: omni.loadDurations)))
            } else {
                Console.endProgress()
                try StandardOutput.write(answer.text + "\n")
            }
        }
        if json { try StandardOutput.write(json: reports) }
    }

    private struct FileReport: Encodable {
        let file: String
        let report: AnswerReport

        enum CodingKeys: String, CodingKey { case file }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
        }
    }
}
