import Testing

@testable import OmniPipeline

/// What is computed next, told as a timeline: no clock runs.
@Suite struct BatchOrderTests {
    private let now = ContinuousClock.now
    private let cost = Duration.milliseconds(100)

    private func sequence(_ index: Int) -> SequenceID { SequenceID(index: index) }

    private func schedule(
        spoken: [Int: Int] = [:], silent: [Int] = [], prefilling: [Int] = [], width: Int = 8
    ) -> BatchOrder {
        var schedule = BatchOrder(maximumStepWidth: width)
        for (index, left) in spoken { schedule.waitForStep(sequence(index), deadline: now + .milliseconds(left)) }
        for index in silent { schedule.waitForStep(sequence(index), deadline: nil) }
        for index in prefilling { schedule.waitForPrefillChunk(sequence(index)) }
        return schedule
    }

    private func steps(_ indices: Int...) -> BatchOrder.Work { .step(indices.map(sequence)) }

    @Test func noReplyWaits() {
        var schedule = schedule()
        #expect(schedule.next(at: now, cost: cost) == nil)
    }

    /// All steps in one, the reply whose audio runs out first in front.
    @Test func stepsAreTakenTogether() {
        var schedule = schedule(spoken: [0: 900, 1: 100, 2: 500])
        #expect(schedule.next(at: now, cost: cost) == steps(1, 2, 0))
        #expect(schedule.next(at: now, cost: cost) == nil)
    }

    @Test func aWideStepIsDividedByDeadlines() {
        var schedule = schedule(spoken: [0: 300, 1: 100, 2: 200, 3: 100], width: 2)
        #expect(schedule.next(at: now, cost: cost) == steps(1, 3))
        #expect(schedule.next(at: now, cost: cost) == steps(2, 0))
    }

    /// With audio left for longer than a chunk takes, the question is read first; without, the listener is served.
    @Test(arguments: [(2_000, true), (141, true), (139, false), (0, false), (-50, false)])
    func chunksWaitForUrgentSteps(audioLeft: Int, chunksFirst: Bool) {
        var schedule = schedule(spoken: [0: audioLeft], prefilling: [1])
        #expect(schedule.next(at: now, cost: cost) == (chunksFirst ? .prefillChunk(sequence(1)) : steps(0)))
        #expect(schedule.next(at: now, cost: cost) == (chunksFirst ? steps(0) : .prefillChunk(sequence(1))))
    }

    /// One listener in a hurry is enough.
    @Test func theMostUrgentDecides() {
        var schedule = schedule(spoken: [0: 5_000, 1: 10], prefilling: [2])
        #expect(schedule.next(at: now, cost: cost) == steps(1, 0))
    }

    @Test func questionsAreReadInTheirOrder() {
        var schedule = schedule(prefilling: [7, 3, 5])
        #expect(schedule.next(at: now, cost: cost) == .prefillChunk(sequence(3)))
        schedule.waitForPrefillChunk(sequence(3))
        #expect(schedule.next(at: now, cost: cost) == .prefillChunk(sequence(3)))
        #expect(schedule.next(at: now, cost: cost) == .prefillChunk(sequence(5)))
    }

    /// Listeners who are always in a hurry do not put a question off for ever.
    @Test func noChunkStarves() {
        var schedule = schedule(prefilling: [1])
        var stepCount = 0
        while true {
            schedule.waitForStep(sequence(0), deadline: now)
            guard case .step? = schedule.next(at: now, cost: cost) else { break }
            stepCount += 1
        }
        #expect(stepCount == BatchOrder.maximumStepsInARow)
    }

    /// While all steps are urgent, chunks still get their part of the time, however short they are.
    @Test(arguments: [1, 5, 60]) func chunksGetTheirPart(milliseconds: Int) {
        var schedule = schedule()
        var (time, chunked) = (now, Duration.zero)
        let end = now + .seconds(20)
        while time < end {
            schedule.waitForStep(sequence(0), deadline: time)
            schedule.waitForPrefillChunk(sequence(1))
            guard let work = schedule.next(at: time, cost: cost) else { break }
            let duration = work == steps(0) ? Duration.milliseconds(30) : .milliseconds(milliseconds)
            if work != steps(0) { chunked += duration }
            time = time + duration
        }
        // A quarter of the steps' time: a fifth of the whole.
        #expect(abs(chunked / (end - now) - 0.2) < 0.02)
    }

    /// Nor do questions put off a reply that is never late.
    @Test func noStepStarves() {
        var schedule = schedule(silent: [0])
        var chunkCount = 0
        while true {
            schedule.waitForPrefillChunk(sequence(1))
            guard case .prefillChunk? = schedule.next(at: now, cost: cost) else { break }
            chunkCount += 1
        }
        #expect(chunkCount == BatchOrder.maximumChunksInARow)
    }

    /// Replies without audio step along, last, where no listener is in a hurry.
    @Test(arguments: [(141, true), (139, false)]) func silentStepAlong(audioLeft: Int, withSilent: Bool) {
        var schedule = schedule(spoken: [3: audioLeft, 4: 5_000], silent: [1, 0])
        #expect(schedule.next(at: now, cost: cost) == (withSilent ? steps(3, 4, 0, 1) : steps(3, 4)))
        #expect(schedule.next(at: now, cost: cost) == (withSilent ? nil : steps(0, 1)))
    }

    /// Where a step has fewer places than there are writers, they take turns.
    @Test func writersTakeTurns() {
        var schedule = schedule(width: 2)
        var stepCounts = [0, 0, 0]
        for _ in 0..<30 {
            for index in 0..<3 { schedule.waitForStep(sequence(index), deadline: nil) }
            guard case .step(let sequences)? = schedule.next(at: now, cost: cost) else { break }
            for sequence in sequences { stepCounts[sequence.index] += 1 }
        }
        #expect(stepCounts == [20, 20, 20])
    }

    /// Listeners who are always in a hurry do not keep them out for ever, nor do questions.
    @Test(arguments: [[], [2]]) func noWriterStarves(prefilling: [Int]) {
        var schedule = schedule(silent: [1])
        var stepCount = 0
        for _ in 0..<100 {
            schedule.waitForStep(sequence(0), deadline: now)
            for index in prefilling { schedule.waitForPrefillChunk(sequence(index)) }
            guard case .step(let places)? = schedule.next(at: now, cost: cost) else { continue }
            if places == [sequence(0), sequence(1)] { break }
            #expect(places == [sequence(0)])
            stepCount += 1
        }
        #expect(stepCount == BatchOrder.maximumStepsWithoutSilent)
    }

    /// Nor do as many listeners as have place in a step.
    @Test(arguments: [1, 3]) func noWriterStarvesInANarrowStep(width: Int) {
        var schedule = schedule(silent: [9], width: width)
        for stepCount in 0...BatchOrder.maximumStepsWithoutSilent {
            for index in 0..<width { schedule.waitForStep(sequence(index), deadline: now) }
            guard case .step(let sequences)? = schedule.next(at: now, cost: cost) else { break }
            #expect(sequences.count == width)
            #expect(sequences.contains(sequence(9)) == (stepCount == BatchOrder.maximumStepsWithoutSilent))
        }
    }

    @Test func whoLeavesIsForgotten() {
        var schedule = schedule(spoken: [0: 10, 1: 10], silent: [3], prefilling: [2])
        for index in [0, 2, 3] { schedule.forget(sequence(index)) }
        #expect(schedule.next(at: now, cost: cost) == steps(1))
        #expect(schedule.next(at: now, cost: cost) == nil)
    }
}
