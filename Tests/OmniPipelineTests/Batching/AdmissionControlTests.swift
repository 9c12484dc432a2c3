import Foundation
import OmniCore
import Testing

@testable import OmniPipeline

/// Who is let in, by what replies have cost: measurements are told, not taken.
@Suite struct AdmissionControlTests {
    /// A machine where a step takes `round` milliseconds for each count of replies, and gives 80 ms of audio, for which
    /// the codec takes `codec` milliseconds.
    private func admission(
        _ options: SchedulerOptions = SchedulerOptions(), round: [Int: Int], codec: Int = 5
    ) -> AdmissionControl {
        var admission = AdmissionControl(options)
        for (width, milliseconds) in round { admission.addRound(.milliseconds(milliseconds), width: width) }
        var metrics = ReplyMetrics(mode: .speechToSpeech)
        metrics.stepCount = 100
        metrics.audioDuration = .seconds(8)
        metrics.codecTime = .milliseconds(100 * codec)
        metrics.totalTime = .seconds(6)
        admission.finishOne(metrics)
        return admission
    }

    @Test func withoutMeasurementsAllAreAdmitted() throws {
        var admission = AdmissionControl(SchedulerOptions())
        for _ in 0..<10 { _ = try admission.admit(.speechToSpeech) }
        #expect(admission.load.replyCount == 10 && admission.load.load == nil)
    }

    /// Rounds of 20 + 16 (n − 1) ms: three fit into 80 % of 80 ms, four do not.
    @Test func theLoadIsBounded() throws {
        var admission = admission(round: [1: 20, 2: 36, 3: 52, 4: 69])
        for _ in 0..<3 { _ = try admission.admit(.speechToSpeech) }
        #expect(throws: SchedulerError.full(replyCount: 3, retryAfter: .seconds(2))) {
            _ = try admission.admit(.speechToSpeech)
        }
        #expect(admission.load.refusedCount == 1)
        #expect(abs(try #require(admission.load.load) - 0.65) < 1e-9)
    }

    /// What one scheduler has measured, the next one knows from the beginning.
    @Test func measurementsAreKept() throws {
        let measured = admission(round: [1: 20, 2: 36, 3: 52, 4: 69]).estimate
        #expect(measured.isKnown && !CapacityEstimate().isKnown)
        let kept = try JSONDecoder().decode(CapacityEstimate.self, from: JSONEncoder().encode(measured))
        #expect(kept == measured)
        var admission = AdmissionControl(SchedulerOptions(), estimate: kept)
        for _ in 0..<3 { _ = try admission.admit(.speechToSpeech) }
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
    }

    /// A file may say anything.
    @Test(arguments: [
        "", "{}", "[]", #"{"roundSeconds": 1}"#, #"{"roundSeconds": {"1": -1}}"#, #"{"roundSeconds": {"0": 1}}"#,
        #"{"roundSeconds": {"1": 0}}"#, #"{"roundSeconds": {}, "audioSeconds": 0}"#,
        #"{"roundSeconds": {"1": 1e300}}"#, #"{"roundSeconds": {"9999999": 1}}"#,
        #"{"roundSeconds": {}, "audioSeconds": "1"}"#, #"{"roundSeconds": {}, "audioSeconds": -0.1}"#,
    ])
    func measurementsThatCannotBe(json: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(CapacityEstimate.self, from: Data(json.utf8)) }
    }

    /// Steps of many cost little, but one thread makes all audio: 3 · 20 ms fit, 4 · 20 ms do not.
    @Test func theCodecIsBounded() throws {
        var admission = admission(round: [1: 10, 2: 11, 3: 12, 4: 13], codec: 20)
        for _ in 0..<3 { _ = try admission.admit(.speechToSpeech) }
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
        #expect(abs(try #require(admission.load.load) - 0.75) < 1e-9)
    }

    /// A machine that stood still during the first step of two is not taken for one that can answer only one.
    @Test func oneBadMeasurementDoesNotLast() throws {
        var admission = admission(round: [1: 10, 2: 900, 3: 900])
        for _ in 0..<6 { _ = try admission.admit(.speechToSpeech) }
        // Three cost no more than 3 · 10 ms, and six no more than 7 / 4 of that.
        #expect(abs(try #require(admission.load.load) - 30 * 1.75 / 80) < 1e-9)
    }

    /// Counts that were never measured are estimated from the nearest, on the safe side.
    @Test func unknownCountsAreEstimated() throws {
        var admission = admission(round: [1: 30])
        // (n + 1) / 2 · 30 ms: 45 for two, 60 for three, 75 for four.
        for _ in 0..<3 { _ = try admission.admit(.speechToSpeech) }
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
    }

    @Test func oneIsAlwaysLetIn() throws {
        var admission = admission(round: [1: 500])
        let sequence = try admission.admit(.speechToSpeech)
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
        admission.leave(sequence, nil)
        _ = try admission.admit(.speechToSpeech)
    }

    @Test func aCountCanBeSet() throws {
        var options = SchedulerOptions.unlimited
        options.maximumReplyCount = 2
        var admission = AdmissionControl(options)
        let first = try admission.admit(.speechToSpeech)
        _ = try admission.admit(.speechToSpeech)
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
        admission.leave(first, nil)
        _ = try admission.admit(.speechToSpeech)
    }

    /// Questions wait for those before them: each takes 0.91 s, and a reply takes a tenth of the time, so that a
    /// question with four in front would wait for more than 4 s.
    @Test func theBacklogIsBounded() throws {
        var admission = admission(round: [1: 8, 2: 10, 3: 12, 4: 14, 5: 16, 6: 18, 7: 20])
        let first = try admission.admit(.speechToSpeech)
        admission.addPrefillChunk(.milliseconds(910), first)
        admission.beginSteps(first)
        var admitted = 0
        while (try? admission.admit(.speechToSpeech)) != nil { admitted += 1 }
        #expect(admitted == 4)
        #expect(admission.load.prefillingCount == admitted && admission.load.speakingCount == 1)
    }

    // MARK: Replies without audio

    /// A reply of `stepCount` steps that made no audio.
    private func written(_ stepCount: Int) -> ReplyMetrics {
        var metrics = ReplyMetrics(mode: .transcription)
        metrics.stepCount = stepCount
        metrics.totalTime = .seconds(1)
        return metrics
    }

    /// A reply without a listener takes nothing of what listeners need.
    @Test func whatIsWrittenNeedsNoShareOfAllTime() throws {
        var admission = admission(round: [1: 20, 2: 36, 3: 52, 4: 69])
        for _ in 0..<3 { _ = try admission.admit(.speechToSpeech) }
        let load = try #require(admission.load.load)
        for mode in [ReplyMode.transcription, .speechToText, .textToText] {
            admission.beginSteps(try admission.admit(mode))
        }
        #expect(admission.load.load == load)
        #expect(admission.load.writingCount == 3 && admission.load.replyCount == 6)
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
    }

    /// Nor is a reply refused that will have a listener.
    @Test func listenersComeBesideWhatIsWritten() throws {
        var admission = admission(round: [1: 500])
        for _ in 0..<3 { admission.beginSteps(try admission.admit(.transcription)) }
        let sequence = try admission.admit(.speechToSpeech)
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.speechToSpeech) }
        admission.leave(sequence, nil)
        _ = try admission.admit(.speechToSpeech)
    }

    /// What is written waits for what is written. Five at once take 40 steps of 30 ms together, in the half of the time
    /// that a listener leaves: 2.4 s. With eight it would be 40 steps of 45 ms: 3.6 s; with ten, 55 ms: 4.4 s.
    @Test func whatIsWrittenIsBoundedByItsWork() throws {
        var admission = admission(round: [1: 40, 2: 15, 5: 30, 8: 45, 9: 49, 10: 55, 11: 60])
        admission.finishOne(written(40))
        admission.beginSteps(try admission.admit(.speechToSpeech))
        #expect(abs(try #require(admission.load.load) - 0.5) < 1e-9)
        var admitted = 0
        while let sequence = try? admission.admit(.transcription) {
            admission.beginSteps(sequence)
            admitted += 1
        }
        #expect(admitted == 10 && admission.load.refusedCount == 1)
    }

    /// Short questions beside long ones: their steps are counted as they are, their lengths do not spoil what is known
    /// of audio.
    @Test func whatIsWrittenSaysNothingOfAudio() throws {
        var admission = admission(round: [1: 20, 2: 36])
        _ = try admission.admit(.speechToSpeech)
        let load = admission.load
        for count in [1, 200, 7] { admission.finishOne(written(count)) }
        #expect(admission.load == load)
    }

    @Test func aCountIsOfAll() throws {
        var options = SchedulerOptions.unlimited
        options.maximumReplyCount = 2
        var admission = AdmissionControl(options)
        for mode in [ReplyMode.transcription, .speechToSpeech] { _ = try admission.admit(mode) }
        #expect(throws: SchedulerError.self) { _ = try admission.admit(.transcription) }
    }
}

extension AdmissionControl {
    /// A reply that came and went.
    fileprivate mutating func finishOne(_ metrics: ReplyMetrics) {
        leave(SequenceID(index: -1), metrics)
    }
}
