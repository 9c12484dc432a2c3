import CommandSupport
import Foundation
import OmniCore
import OmniPipeline
import OmniTensor

/// Spoken answers as WAV files with an index, for a recogniser that has never seen the model.
struct ReplyFolder {
    private struct Entry: Encodable {
        let file: String
        let answer: String
        let text: String
    }

    private let folder: URL
    private var entries: [Entry] = []

    init(_ path: String) throws {
        folder = URL(argument: path)
        try OutputFile.makeFolder(path)
    }

    /// Writes one answer: what should be said, and what the model says it says.
    mutating func write(_ audio: AudioChunk, saying answer: String, text: String) throws {
        let file = "answer-\(entries.count).wav"
        var writer = try WAVWriter(
            to: OutputFile(folder.appending(path: file).path),
            format: WAVFormat(sampleRate: audio.sampleRate, sampleFormat: .int16, channelCount: 1))
        try writer.write(audio)
        try writer.finish()
        entries.append(Entry(file: file, answer: answer, text: text))
    }

    /// Writes the index.
    func finish() throws {
        try OutputFile.write(json: entries, to: folder.appending(path: "index.json").path)
    }
}
