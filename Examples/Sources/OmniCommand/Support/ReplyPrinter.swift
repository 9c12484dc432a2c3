import CommandSupport
import Foundation
import OmniCore
import OmniPipeline

/// Shows a reply while it is made: text as it comes, audio to its file.
struct ReplyPrinter {
    /// Where the text goes.
    enum TextTarget { case nowhere, standardOutput, standardError }

    let textTarget: TextTarget
    /// Where the audio goes; `nil` for nowhere.
    let output: AudioOutput?

    /// Takes all events and returns the whole reply. An audio file that could not be completed does not stay.
    func print(_ events: AsyncThrowingStream<OmniEvent, any Error>) async throws -> Reply {
        do {
            var collector = ReplyCollector()
            for try await event in events {
                try show(event)
                collector.take(event)
            }
            try write("\n")
            guard let reply = collector.reply else { throw CancellationError() }
            try output?.finish()
            return reply
        } catch {
            output?.discard()
            throw error
        }
    }

    private func show(_ event: OmniEvent) throws {
        switch event {
        case .text(let delta): try write(delta)
        case .audio(let chunk): try output?.write(chunk)
        case .warning(let warning): Console.note("warning: \(warning)")
        case .started, .finished: break
        @unknown default: break
        }
    }

    private func write(_ text: String) throws {
        switch textTarget {
        case .nowhere: break
        case .standardOutput: try StandardOutput.write(text)
        case .standardError: Console.write(text)
        }
    }
}
