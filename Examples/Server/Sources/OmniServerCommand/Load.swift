import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniServer

struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a running server with several speakers at once.",
        discussion: """
            Each speaker asks recorded questions at the pace of speech, listens to the replies and pauses. Prints for \
            each number of speakers: questions asked, questions refused, replies whose audio ran out, the longest gap \
            in one, and the time from the end of a question to the first audio of its reply, in milliseconds.
            """)

    @Argument(help: "Recordings of questions.")
    var audio: [String]

    @Option(
        help: ArgumentHelp("Speakers at once; several numbers are tried one after the other.", valueName: "n,n,…"))
    var speakers = "1,2,3,4"

    @Option(help: ArgumentHelp("How long each number of speakers talks.", valueName: "s"))
    var seconds = 60.0

    @Option(help: ArgumentHelp("The part of the time that a speaker listens, at most.", valueName: "p"))
    var listening = 0.4

    @Option(help: ArgumentHelp("Milliseconds of audio that a player collects before it begins.", valueName: "ms"))
    var playerBuffer = 100.0

    @Option(help: ArgumentHelp("Steps of a reply, for models that never end.", valueName: "n"))
    var maxSteps: Int?

    @Option(help: ArgumentHelp("The server's address.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("The server's port.", valueName: "n"))
    var port = 60_808

    @Option(help: ArgumentHelp("The key that the server wants.", valueName: "key"))
    var apiKey: String?

    /// 0 stands for what is no number.
    private var counts: [Int] {
        speakers.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    }

    func validate() throws {
        guard !audio.isEmpty else { throw ValidationError("at least one question is needed") }
        guard counts.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("--speakers is a list of numbers, 1 or more, with commas between them")
        }
        guard (0...1e6).contains(seconds), (0...1e6).contains(playerBuffer) else {
            throw ValidationError("--seconds and --player-buffer must lie between 0 and a million")
        }
        guard (0.01...1).contains(listening) else { throw ValidationError("--listening must lie between 0.01 and 1") }
    }

    func run() async throws {
        var test = LoadTest(questions: try audio.map(AudioInput.read))
        test.host = host
        test.port = port
        test.apiKey = apiKey
        test.duration = .seconds(seconds)
        test.listening = listening
        test.playerBuffer = .seconds(playerBuffer / 1000)
        test.maximumStepCount = maxSteps
        try StandardOutput.write("speakers  turns  refused  underruns  longest gap    p50    p95    p99\n")
        for count in counts {
            let report = try await test.run(speakerCount: count)
            try StandardOutput.write(Self.line(report))
        }
    }

    private static func line(_ report: LoadReport) -> String {
        func cell(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(width - text.count, 0)) + text
        }
        func milliseconds(_ duration: Duration?) -> String {
            duration.map { String(Int(($0 / .milliseconds(1)).rounded())) } ?? "–"
        }
        let percentiles = [50.0, 95, 99].map { cell(milliseconds(report.timeToFirstAudio(percentile: $0)), 7) }
        return cell("\(report.speakerCount)", 8) + cell("\(report.turnCount)", 7) + cell("\(report.refusedCount)", 9)
            + cell("\(report.underrunCount)", 11) + cell(milliseconds(report.longestGap), 13) + percentiles.joined()
            + "\n"
    }
}
