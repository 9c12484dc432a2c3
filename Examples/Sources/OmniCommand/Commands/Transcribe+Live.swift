import ArgumentParser
import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniWhisper

extension Transcribe {
    /// Writes down what a microphone captures until control-C, or a recording as if it were spoken now. Text goes to
    /// standard output as soon as it is final; a terminal also shows what may still change.
    func runLive(_ url: URL, _ input: String) async throws {
        let format = whisper.format ?? (json ? .json : .text)
        try requireOptionsForWhisper(format)
        guard whisper.vad == nil, whisper.outputDir == nil else {
            throw ValidationError("--vad and --output-dir do not go with --input")
        }
        let settings = try whisper.settings(seed: sampling.seed)
        guard whisper.temperatures == nil || settings.temperatures.count == 1 else {
            throw ValidationError("with --input text is final at once: --temperatures takes one temperature")
        }
        let transcriber = try loadWhisper(url, settings)
        let options = TranscriptionOptions(
            task: whisper.task ?? .transcribe, language: settings.decoding.language?.code, prompt: whisper.prompt,
            hasWordTimes: whisper.wordTimestamps)
        var live = try LiveTranscription(transcriber.makeStream(options), format)
        if input == "microphone" || Int(input) != nil {
            let device = try AudioDevice(index: Int(input))
            defer { device.close() }
            Console.note("Listening. End with control-C.")
            let stop = Interrupt { device.close() }
            defer { stop.end() }
            // What was said before the device failed is the user's.
            let failure = await live.takeAll(device.microphone)
            try live.finish()
            if let failure { throw failure }
        } else {
            try await live.take(FileMicrophone(audio: AudioInput.readSpeech(input), isPaced: false))
            try live.finish()
        }
    }
}

/// An utterance that is written down while it is spoken.
private struct LiveTranscription {
    private var stream: WhisperTranscriber.Stream
    private let format: TranscriptFormat
    private var resampler: Resampler?
    /// Bytes of the final text that were written.
    private var writtenCount = 0

    init(_ stream: WhisperTranscriber.Stream, _ format: TranscriptFormat) {
        self.stream = stream
        self.format = format
    }

    mutating func take<Audio: AsyncSequence>(_ audio: Audio) async throws where Audio.Element == AudioChunk {
        for try await chunk in audio {
            var current = try resampler ?? Resampler(from: chunk.sampleRate, to: WhisperTranscriber.sampleRate)
            let samples = try current.push(chunk.samples)
            resampler = current
            try push(samples)
        }
    }

    /// The same as far as the audio goes.
    ///
    /// - Returns: what ended it early.
    mutating func takeAll<Audio: AsyncSequence>(_ audio: Audio) async -> (any Error)?
    where Audio.Element == AudioChunk {
        do {
            try await take(audio)
            return nil
        } catch {
            return error
        }
    }

    /// Writes what is left.
    mutating func finish() throws {
        let rest = resampler?.finish() ?? []
        try push(rest)
        let transcript = try stream.finish()
        try write(transcript.text)
        try StandardOutput.write(format == .text ? "\n" : format.render(transcript))
    }

    private mutating func push(_ samples: [Float]) throws {
        guard let known = try stream.push(samples.span) else { return }
        try write(known.final)
        Console.progress(known.tentative)
    }

    /// Writes what has become final; what was final before begins it.
    private mutating func write(_ final: String) throws {
        Console.endProgress()
        guard format == .text else { return }
        var text = String(decoding: final.utf8.dropFirst(writtenCount), as: UTF8.self)
        if writtenCount == 0 { text = String(text.drop { $0.isWhitespace }) }
        writtenCount = final.utf8.count
        try StandardOutput.write(text)
    }
}
