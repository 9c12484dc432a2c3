import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniTensor
import OmniVAD
import OmniWhisper

extension Transcribe {
    /// Transcribes all files with a Whisper model.
    func runWhisper(_ url: URL) throws {
        let format = whisper.format ?? (json ? .json : .text)
        try requireOptionsForWhisper(format)
        if let folder = whisper.outputDir { try OutputFile.makeFolder(folder) }
        var settings = try whisper.settings(seed: sampling.seed)
        let transcriber = try loadWhisper(url, settings)
        let detector = try whisper.vad.map { file in
            try SileroVAD.load(
                from: URL(argument: file), sampleRate: transcriber.inputSampleRate, windowSampleCount: nil,
                engine: engine.make())
        }
        var reports: [FileReport] = []
        var status: ExitStatus?
        for file in audio {
            do {
                let recording = try SpooledRecording(file, sampleRate: transcriber.inputSampleRate)
                try NamedError.naming(file) { try recording.requireSpeech() }
                settings.clips = try detector.map { try recording.speech($0) }
                let transcript = try Self.transcribe(file, recording, transcriber, settings)
                if let folder = whisper.outputDir {
                    // The system looks the folder up as it was named.
                    let output = "\(folder)/\(Self.outputName(file)).\(format.fileExtension)"
                    try OutputFile.write(Data(format.render(transcript).utf8), to: output)
                } else if format == .json {
                    reports.append(FileReport(file: file, transcript: TranscriptReport(transcript)))
                } else {
                    try StandardOutput.write(format.render(transcript))
                }
            } catch {
                guard let failure = Self.failure(of: file, error) else { throw error }
                Console.report(failure)
                if format == .json, whisper.outputDir == nil {
                    reports.append(FileReport(file: file, error: failure.description))
                }
                status = status ?? failure.exitStatus
            }
        }
        if format == .json, whisper.outputDir == nil { try StandardOutput.write(json: reports) }
        if let status { throw ExitCode(status.rawValue) }
    }

    /// What the transcript of a recording is called, without its extension.
    private static func outputName(_ file: String) -> String {
        file == "-" ? "standard-input" : URL(argument: file).deletingPathExtension().lastPathComponent
    }

    func requireOptionsForWhisper(_ format: TranscriptFormat) throws {
        guard sampling.hasDefaults else {
            throw ValidationError(
                "--top-k, --top-p, --temperature and --max-steps go with a Mini-Omni model; "
                    + "Whisper takes --temperatures")
        }
        if json, let format = whisper.format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) contradict each other")
        }
        let isSubtitles = [.subRip, .webVTT, .table].contains(format)
        if isSubtitles, audio.count > 1, whisper.outputDir == nil {
            throw ValidationError("--format \(format.rawValue) of several recordings wants --output-dir")
        }
        if whisper.outputDir != nil {
            let names = audio.map(Self.outputName)
            if let twice = Dictionary(grouping: names, by: { $0 }).first(where: { $0.value.count > 1 })?.key {
                throw ValidationError("two recordings are called \(twice): their transcripts would be one file")
            }
        }
    }

    func loadWhisper(_ url: URL, _ settings: WhisperSettings) throws -> WhisperTranscriber {
        Console.progress("Loading \(url.path)")
        defer { Console.endProgress() }
        var transcriber = try WhisperTranscriber.load(
            from: url, tokenizer: whisper.tokenizer.map { URL(argument: $0) }, engine: engine.make(),
            precision: engine.partPrecision, settings: settings)
        context.apply(to: &transcriber)
        return transcriber
    }

    private static func transcribe(
        _ file: String, _ recording: SpooledRecording, _ transcriber: WhisperTranscriber, _ settings: WhisperSettings
    ) throws -> Transcript {
        defer { Console.endProgress() }
        return try transcriber.transcribe(recording.reader, settings) { progress in
            let position = min(progress.position, progress.duration)
            Console.progress("\(file): \(Int(position)) of \(Int(progress.duration)) s")
        }
    }
}
