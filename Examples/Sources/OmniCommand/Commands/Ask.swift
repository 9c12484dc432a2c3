public import ArgumentParser
import CommandSupport
import Foundation
public import OmniCore
import OmniPipeline
import OmniSNAC
import OmniWhisper

struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the model something, in speech or in text.",
        discussion: """
            Prints the answer's text while it is made, and writes its audio with -o. With -o - the audio goes to \
            standard output and the text to standard error. With --json: {"text", "tokens": eight arrays (audio \
            streams 0 to 6, then text), "promptLength", "stepCount", "ending", "warnings", "audio": {"sampleRate", \
            "sampleCount"}, "timings": seconds}.
            """)

    @Argument(help: "A recording of a spoken question, or - for standard input.")
    var audio: String?

    @Option(help: ArgumentHelp("A written question instead.", valueName: "question"))
    var text: String?

    @Option(
        help: ArgumentHelp(
            "What goes in and what comes out; without it a1a2-batch for speech and t1a2 for text.", valueName: "mode"))
    var mode: ReplyMode?

    @OptionGroup var model: ModelOption
    @OptionGroup(title: "How tokens are chosen") var sampling: SamplingOptions
    @OptionGroup var noise: NoiseOption
    @OptionGroup var engine: EngineOption
    @OptionGroup var context: AudioContextOption
    @OptionGroup(title: "Output") var output: AudioOutputOptions

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Say how long each stage took.")
    var timings = false

    private var effectiveMode: ReplyMode { mode ?? (text == nil ? .speechToSpeechBatch : .textToSpeech) }

    func validate() throws {
        guard (audio == nil) != (text == nil) else {
            throw ValidationError("give either an audio file or --text")
        }
        if let text, text.allSatisfy(\.isWhitespace) { throw ValidationError("--text is empty: there is no question") }
        if effectiveMode.listens, text != nil {
            throw ValidationError("mode \(effectiveMode.rawValue) takes a spoken question")
        }
        if !effectiveMode.listens, audio != nil {
            throw ValidationError("mode \(effectiveMode.rawValue) takes a written question: use --text")
        }
        if output.output != nil, !effectiveMode.speaks {
            throw ValidationError("mode \(effectiveMode.rawValue) makes no audio to write with -o")
        }
        if json, output.isStandardOutput { throw ValidationError("--json and -o - both want standard output") }
    }

    func run() async throws {
        if let audio { try output.requireOther(than: audio, called: "the question") }
        let question = try audio.map(AudioInput.readSpeech)
        var omni = try await model.load(engine: engine, noise: noise.value(seed: sampling.seed))
        context.apply(to: &omni)
        let session = omni.makeSession()
        let options = ReplyOptions(generation: sampling.value)
        let events =
            if let question {
                session.respond(to: question, mode: effectiveMode, options: options)
            } else {
                session.respond(to: text ?? "", mode: effectiveMode, options: options)
            }
        let printer = ReplyPrinter(
            textTarget: json ? .nowhere : output.isStandardOutput ? .standardError : .standardOutput,
            output: try output.open(sampleRate: omni.codec.outputSampleRate))
        let answer = try await printer.print(events)
        if answer.metrics.ending == .reachedLimit {
            Console.note("the reply is not whole: its limit of steps or positions was reached")
        }
        if json { try StandardOutput.write(json: ReplyReport(answer, loadDurations: omni.loadDurations)) }
        if timings { TimingTable.print(answer.metrics, loadDurations: omni.loadDurations) }
    }
}

extension ReplyMode: @retroactive ExpressibleByArgument {}
