import OmniCore
import OmniPipeline
import Testing

@testable import OmniServer

/// Every reply is counted once, by how it ended.
@Suite struct ReplyStatisticsTests {
    private let registry = MetricsRegistry()

    private func value(_ name: String) throws -> Double? { try PrometheusPage(registry.page(and: []))[name] }

    private let abandoned =
        #"omni_replies_total{ending="abandoned",mode="\#(ReplyMode.speechToSpeechBatch.rawValue)"}"#

    private func events(_ list: [OmniEvent], _ error: (any Error)? = nil) -> MeasuredEvents {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: OmniEvent.self)
        for event in list { continuation.yield(event) }
        continuation.finish(throwing: error)
        return MeasuredEvents(events, ReplyTrace(), UnfinishedReply(.speechToSpeechBatch, in: registry))
    }

    @Test func repliesWithoutAListenerAreCounted() async throws {
        let end = OmniEvent.finished(ReplyMetrics(mode: .speechToSpeechBatch))
        // The body of the response is let go in the middle.
        for try await _ in events([.text("a"), end]) { break }
        #expect(try value(abandoned) == 1)
        // Those were heard to their end, and refused.
        for try await _ in events([.text("a"), end]) {}
        await #expect(throws: APIError.notFound) { for try await _ in events([], APIError.notFound) {} }
        #expect(try value(abandoned) == 1)
        // It was never begun.
        _ = events([])
        #expect(try value(abandoned) == 2)
        await #expect(throws: CancellationError.self) { for try await _ in events([], CancellationError()) {} }
        #expect(try value(abandoned) == 3)
    }

    /// A reply that was stopped while it waited was neither encoded nor prefilled.
    @Test func onlyWhatHappenedIsRecorded() throws {
        var metrics = ReplyMetrics(mode: .speechToText)
        metrics.ending = .interrupted
        ReplyStatistics.record(metrics, in: registry)
        #expect(try value("omni_reply_seconds_count") == 1)
        #expect(try value("omni_encoding_seconds_count") == nil && value("omni_prefill_seconds_count") == nil)
        metrics.encodingTime = .seconds(1)
        metrics.prefillTime = .seconds(2)
        ReplyStatistics.record(metrics, in: registry)
        #expect(try value("omni_encoding_seconds_count") == 1 && value("omni_prefill_seconds_sum") == 2)
    }
}
