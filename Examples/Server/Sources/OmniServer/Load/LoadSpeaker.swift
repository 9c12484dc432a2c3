import Foundation
import NIOCore
import OmniCore

/// One of the people of a ``LoadTest``.
struct LoadSpeaker {
    let test: LoadTest
    let questions: [AudioChunk]
    let index: Int
    let end: ContinuousClock.Instant

    /// A piece of a question: 40 ms.
    private static let pieceSampleCount = 960

    func talk() async throws -> LoadReport {
        let client = RealtimeClient(host: test.host, port: test.port, apiKey: test.apiKey)
        return try await client.connect { events, send in
            var events = events
            var report = LoadReport(speakerCount: 1)
            let watch = send.closing(after: LoadTest.patience)
            try await expect("session.created", &events)
            try await send([
                "type": "session.update",
                "session": ["type": "realtime", "audio": ["input": ["turn_detection": nil]]],
            ])
            try await expect("session.updated", &events)
            watch.cancel()
            var turn = index
            while ContinuousClock.now < end {
                let start = ContinuousClock.now
                try await ask(questions[turn % questions.count], send)
                let heard = try await listen(&events, send, &report)
                turn += 1
                guard ContinuousClock.now < end else { break }
                // A listener listens for at most a part of the time.
                let cycle = heard / test.listening
                try await Task.sleep(until: max(start + cycle, .now + .milliseconds(300)), clock: .continuous)
            }
            return report
        }
    }

    private func expect(_ type: String, _ events: inout RealtimeEvents) async throws {
        while let event = try await events.next() {
            if event["type"]?.string == type { return }
            if event["type"] == "error" { throw LoadTestError(event["error"]?["message"]?.string ?? "an error") }
        }
        throw LoadTestError("the server closed the connection, or said nothing for \(LoadTest.patience)")
    }

    /// Speaks, as fast as one speaks.
    private func ask(_ question: AudioChunk, _ send: RealtimeSender) async throws {
        let start = ContinuousClock.now
        for place in stride(from: 0, to: question.samples.count, by: Self.pieceSampleCount) {
            let piece = Array(question.samples[place..<min(place + Self.pieceSampleCount, question.samples.count)])
            try await send([
                "type": "input_audio_buffer.append", "audio": .string(AudioFormat.pcm.encode(piece).base64),
            ])
            let said = Duration.seconds(Double(place + piece.count) / Double(question.sampleRate))
            try await Task.sleep(until: start + said, clock: .continuous)
        }
        try await send(["type": "input_audio_buffer.commit"])
        let limit: JSON = test.maximumStepCount.map { .integer($0) } ?? "inf"
        try await send(["type": "response.create", "response": ["max_output_tokens": limit]])
    }

    /// Listens to the end of the reply.
    ///
    /// - Returns: how long it sounded.
    private func listen(
        _ events: inout RealtimeEvents, _ send: RealtimeSender, _ report: inout LoadReport
    ) async throws -> Duration {
        var player = PlayerClock(buffer: test.playerBuffer)
        let asked = ContinuousClock.now
        // Each reply has an end, or the test has.
        let watch = send.closing(after: LoadTest.patience)
        defer { watch.cancel() }
        report.turnCount += 1
        while let event = try await events.next() {
            let now = ContinuousClock.now
            switch event["type"]?.string {
            case "response.output_audio.delta":
                let byteCount = Data(base64Encoded: event["delta"]?.string ?? "")?.count ?? 0
                if player.received == .zero { report.timesToFirstAudio.append(now - asked) }
                player.receive(.milliseconds(AudioFormat.pcm.milliseconds(byteCount: byteCount)), at: now)
            case "error" where event["error"]?["code"] == "server_full": report.refusedCount += 1
            case "error": throw LoadTestError(event["error"]?["message"]?.string ?? "an error")
            case "response.done":
                if player.gap > .zero { report.underrunCount += 1 }
                report.longestGap = max(report.longestGap, player.gap)
                report.heard += player.received
                report.timesToFirstAudio.sort()
                try await Task.sleep(until: player.end ?? now, clock: .continuous)
                return player.received
            default: break
            }
        }
        throw LoadTestError("the server closed the connection, or did not finish a reply in \(LoadTest.patience)")
    }
}

/// When a player that begins after some audio is there would have played what it got. Pure: it is told the time.
struct PlayerClock {
    private let buffer: Duration
    /// Audio that came.
    private(set) var received = Duration.zero
    /// When what came will have been heard; `nil` before it begins.
    private(set) var end: ContinuousClock.Instant?
    /// The longest silence in the middle.
    private(set) var gap = Duration.zero

    init(buffer: Duration) { self.buffer = buffer }

    mutating func receive(_ duration: Duration, at now: ContinuousClock.Instant) {
        received += duration
        guard let end else {
            self.end = now + buffer + duration
            return
        }
        gap = max(gap, now - end)
        self.end = max(end, now) + duration
    }
}
