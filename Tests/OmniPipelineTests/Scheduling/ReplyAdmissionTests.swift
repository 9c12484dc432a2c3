import OmniCore
import Testing

@testable import OmniPipeline

/// Who is let in, by what replies have cost: measurements are told, not taken.
@Suite struct ReplyAdmissionTests {
    /// A machine where a step takes `round` milliseconds for each count of replies, and gives 80 ms of sound, for which the codec
    /// takes `codec` milliseconds.
    private func admission(
        _ options: SchedulerOptions = SchedulerOptions(), round: [Int: Int], codec: Int = 5
    ) -> ReplyAdmission {
        var admission = ReplyAdmission(options)
        for (width, milliseconds) in round { admission.addRound(.milliseconds(milliseconds), width: width) }
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.stepCount = 100
        metrics.audioDuration = .seconds(8)
        metrics.codecTime = .milliseconds(100 * codec)
        metrics.totalTime = .seconds(6)
        admission.finishOne(metrics)
        return admission
    }

    @Test func withoutMeasurementsEverybodyIsLetIn() throws {
        var admission = ReplyAdmission(SchedulerOptions())
        for _ in 0..<10 { _ = try admission.admit() }
        #expect(admission.load.replyCount == 10 && admission.load.load == nil)
    }

    /// Rounds of 20 + 16 (n − 1) ms: three fit into 80 % of 80 ms, four do not.
    @Test func theLoadIsBounded() throws {
        var admission = admission(round: [1: 20, 2: 36, 3: 52, 4: 69])
        for _ in 0..<3 { _ = try admission.admit() }
        #expect(throws: SchedulerError.full(replyCount: 3, retryAfter: .seconds(2))) { _ = try admission.admit() }
        #expect(admission.load.refusedCount == 1)
        #expect(abs(try #require(admission.load.load) - 0.65) < 1e-9)
    }

    /// Steps of many cost little, but one thread makes all sound: 3 · 20 ms fit, 4 · 20 ms do not.
    @Test func theCodecIsBounded() throws {
        var admission = admission(round: [1: 10, 2: 11, 3: 12, 4: 13], codec: 20)
        for _ in 0..<3 { _ = try admission.admit() }
        #expect(throws: SchedulerError.self) { _ = try admission.admit() }
        #expect(abs(try #require(admission.load.load) - 0.75) < 1e-9)
    }

    /// A machine that stood still during the first step of two is not taken for one that can answer only one.
    @Test func oneBadMeasurementDoesNotLast() throws {
        var admission = admission(round: [1: 10, 2: 900, 3: 900])
        for _ in 0..<6 { _ = try admission.admit() }
        // Three cost no more than 3 · 10 ms, and six no more than 7 / 4 of that.
        #expect(abs(try #require(admission.load.load) - 30 * 1.75 / 80) < 1e-9)
    }

    /// Counts that were never measured are estimated from the nearest, on the safe side.
    @Test func unknownCountsAreEstimated() throws {
        var admission = admission(round: [1: 30])
        // (n + 1) / 2 · 30 ms: 45 for two, 60 for three, 75 for four.
        for _ in 0..<3 { _ = try admission.admit() }
        #expect(throws: SchedulerError.self) { _ = try admission.admit() }
    }

    @Test func oneIsAlwaysLetIn() throws {
        var admission = admission(round: [1: 500])
        let place = try admission.admit()
        #expect(throws: SchedulerError.self) { _ = try admission.admit() }
        admission.leave(place, nil)
        _ = try admission.admit()
    }

    @Test func aCountCanBeSet() throws {
        var options = SchedulerOptions.unlimited
        options.maximumReplyCount = 2
        var admission = ReplyAdmission(options)
        let first = try admission.admit()
        _ = try admission.admit()
        #expect(throws: SchedulerError.self) { _ = try admission.admit() }
        admission.leave(first, nil)
        _ = try admission.admit()
    }

    /// Questions wait for those before them: each takes 0.91 s, and a reply takes a tenth of the time, so that whoever
    /// has four in front would wait for more than 4 s.
    @Test func theBacklogIsBounded() throws {
        var admission = admission(round: [1: 8, 2: 10, 3: 12, 4: 14, 5: 16, 6: 18, 7: 20])
        let first = try admission.admit()
        admission.addSlice(.milliseconds(910), first)
        admission.beginSpeaking(first)
        var admitted = 0
        while (try? admission.admit()) != nil { admitted += 1 }
        #expect(admitted == 4)
        #expect(admission.load.preparingCount == admitted && admission.load.speakingCount == 1)
    }
}

extension ReplyAdmission {
    /// A reply that came and went.
    fileprivate mutating func finishOne(_ metrics: ReplyMetrics) {
        leave(ReplySchedule.Place(index: -1), metrics)
    }
}
