public import ArgumentParser
import CommandSupport
import Foundation
public import OmniCore
public import OmniPipeline
import OmniWhisper

/// How a Whisper model transcribes.
struct WhisperOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The language that is spoken, as de or German; auto to find it out.", valueName: "name"))
    var language: String?

    @Option(help: "What is written: what was said (transcribe), or that in English (translate).")
    var task: TranscriptionTask?

    @Option(help: "The form of the transcript. Without it a line for each sentence.")
    var format: TranscriptFormat?

    @Option(
        help: ArgumentHelp(
            "Write each transcript to a file in this folder, under the name of the recording.", valueName: "dir"))
    var outputDir: String?

    @Flag(help: "Find the times of words.")
    var wordTimestamps = false

    @Flag(help: "Write text alone, without the times of its segments.")
    var noTimestamps = false

    @Option(help: ArgumentHelp("Keep so many hypotheses in a beam search; 1 is greedy.", valueName: "n"))
    var beam: Int?

    @Option(
        help: ArgumentHelp("Temperatures that are tried until a text is good enough, as 0,0.4,0.8.", valueName: "list"))
    var temperatures: String?

    @Option(
        help: ArgumentHelp("Text that might have come before; names and terms are spelt as in it.", valueName: "text"))
    var prompt: String?

    @Flag(help: "Write down every window of 30 s without regard to the text before it.")
    var noContext = false

    @Option(
        help: ArgumentHelp(
            "The tokenizer, when it is not beside the model: tokenizer.json, vocab.json, a rank file or a folder.",
            valueName: "path"))
    var tokenizer: String?

    @Option(help: ArgumentHelp("Listen only where this Silero model hears speech.", valueName: "file"))
    var vad: String?

    @Option(
        help: ArgumentHelp(
            "Write down while it is spoken: microphone, the index of a device (see omni devices), or a recording.",
            valueName: "microphone|n|file"))
    var input: String?

    func validate() throws {
        try NumberCheck.require("--beam", beam, in: 1...64)
        if let language, language != "auto", WhisperLanguage(language) == nil {
            throw ValidationError("--language: Whisper knows no language \"\(language)\"")
        }
        if let temperatures, Self.numbers(temperatures) == nil {
            throw ValidationError("--temperatures must be numbers of 0 or more with commas between")
        }
    }

    /// The first option that was given; each of them needs a Whisper model.
    var firstGiven: String? {
        let given = [
            ("--language", language != nil), ("--task", task != nil), ("--format", format != nil),
            ("--output-dir", outputDir != nil), ("--word-timestamps", wordTimestamps),
            ("--no-timestamps", noTimestamps), ("--beam", beam != nil),
            ("--temperatures", temperatures != nil), ("--prompt", prompt != nil), ("--no-context", noContext),
            ("--tokenizer", tokenizer != nil), ("--vad", vad != nil), ("--input", input != nil),
        ]
        return given.first { $0.1 }?.0
    }

    private static func numbers(_ text: String) -> [Float]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
        guard numbers.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? false }) else { return nil }
        return numbers.compactMap { $0 }
    }

    /// The settings of a transcriber.
    func settings(seed: UInt64) throws -> WhisperSettings {
        var settings = WhisperSettings()
        settings.decoding.seed = seed
        settings.decoding.task = task ?? .transcribe
        settings.decoding.language = language.flatMap { WhisperLanguage($0) }
        if let beam, beam > 1 { settings.decoding.beamCount = beam }
        if let temperatures { settings.temperatures = Self.numbers(temperatures) ?? settings.temperatures }
        settings.decoding.usesTimestamps = !noTimestamps
        settings.hasWordTimes = wordTimestamps
        settings.initialPrompt = prompt
        settings.conditionsOnPreviousText = !noContext
        return settings
    }
}

extension TranscriptionTask: @retroactive ExpressibleByArgument {}
extension TranscriptFormat: @retroactive ExpressibleByArgument {}
