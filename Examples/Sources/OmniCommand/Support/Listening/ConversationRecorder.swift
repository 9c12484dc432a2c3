import CommandSupport
import Foundation
import OmniPipeline
import OmniTensor
import Synchronization

/// Writes a conversation down: a stereo WAV file, left what was heard and right the reply as it was heard, and a
/// trace. Both appear under their names with ``finish()``.
final class ConversationRecorder: Sendable {
    private struct State {
        var writer: WAVWriter
        let trace: OutputFile
        var track: ReplyTrack
        var left: [Float] = []
        var heardSampleCount = 0
        /// Why an entry of the replay could not be written.
        var fault: (any Error)?
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: of both files, without their endings.
    ///   - sampleRate: of what is heard, in Hz.
    ///   - windowDuration: of the voice activity model.
    /// - Throws: `OutputError` also when there is such a file: it may be the recording that is listened to.
    init(
        _ path: String, settings: ConversationTrace.Settings, sampleRate: Int, windowDuration: Duration
    ) throws {
        for file in [path + ".wav", path + ".jsonl"] where FileManager.default.fileExists(atPath: file) {
            throw OutputError(path: file, reason: "there is such a file; nothing was changed")
        }
        let trace = try OutputFile(path + ".jsonl")
        let writer = try WAVWriter(
            to: OutputFile(path + ".wav"),
            format: WAVFormat(sampleRate: sampleRate, sampleFormat: .float32, channelCount: 2))
        state = Mutex(
            State(
                writer: writer, trace: trace,
                track: ReplyTrack(sampleRate: sampleRate, windowDuration: windowDuration)))
        try write(ConversationTrace.Line(settings: settings))
    }

    /// What the microphone hears.
    func hear(_ chunk: AudioChunk) throws {
        try state.withLock { state in
            state.left += chunk.samples
            state.heardSampleCount += chunk.samples.count
            try Self.flush(&state, all: false)
        }
    }

    func take(_ entry: ReplayTrace.Entry) {
        state.withLock { $0.track.take(entry) }
        do {
            try write(ConversationTrace.Line(tick: entry))
        } catch {
            state.withLock { $0.fault = $0.fault ?? error }
        }
    }

    /// - Throws: also what an entry of the replay could not be written for.
    func take(_ event: ConversationEvent) throws {
        try state.withLock { state in
            if let fault = state.fault { throw fault }
            state.track.take(event)
        }
        if let record = event.record { try write(ConversationTrace.Line(event: record)) }
    }

    /// Completes both files.
    func finish() throws {
        try write(ConversationTrace.Line(heardSampleCount: state.withLock { $0.heardSampleCount }))
        try state.withLock { state in
            if let fault = state.fault { throw fault }
            try Self.flush(&state, all: true)
            try state.writer.finish()
            try state.trace.finish()
        }
    }

    private func write(_ line: ConversationTrace.Line) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = try encoder.encode(line) + Data("\n".utf8)
        try state.withLock { try $0.trace.append([UInt8](bytes)) }
    }

    /// Writes what both channels have, or, at the end, what one of them has.
    private static func flush(_ state: inout State, all: Bool) throws {
        // What was heard of a reply becomes known a little after the audio: two seconds are kept back.
        let count =
            all
            ? max(state.left.count, state.track.count) : max(state.left.count - 2 * state.writer.format.sampleRate, 0)
        guard count > 0 else { return }
        let right = state.track.removeFirst(count)
        let left = state.left.prefix(count) + Array(repeating: 0, count: max(count - state.left.count, 0))
        state.left.removeFirst(min(count, state.left.count))
        try state.writer.write(interleaved: zip(left, right).flatMap { [$0, $1] })
    }
}
