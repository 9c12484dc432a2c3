import Testing

@testable import OmniPipeline

/// What is computed next, told as a timeline: no clock runs.
@Suite struct ReplyScheduleTests {
    private let now = ContinuousClock.now
    private let cost = Duration.milliseconds(100)

    private func place(_ index: Int) -> ReplySchedule.Place { ReplySchedule.Place(index: index) }

    private func schedule(
        steppers: [Int: Int] = [:], writers: [Int] = [], slicers: [Int] = [], width: Int = 8
    ) -> ReplySchedule {
        var schedule = ReplySchedule(maximumStepWidth: width)
        for (index, left) in steppers { schedule.waitForStep(place(index), deadline: now + .milliseconds(left)) }
        for index in writers { schedule.waitForStep(place(index), deadline: nil) }
        for index in slicers { schedule.waitForSlice(place(index)) }
        return schedule
    }

    private func steps(_ indices: Int...) -> ReplySchedule.Work { .step(indices.map(place)) }

    @Test func nobodyWaits() {
        var schedule = schedule()
        #expect(schedule.next(at: now, cost: cost) == nil)
    }

    /// All steps in one, whoever's sound runs out first in front.
    @Test func stepsAreTakenTogether() {
        var schedule = schedule(steppers: [0: 900, 1: 100, 2: 500])
        #expect(schedule.next(at: now, cost: cost) == steps(1, 2, 0))
        #expect(schedule.next(at: now, cost: cost) == nil)
    }

    @Test func aWideStepIsDividedByDeadlines() {
        var schedule = schedule(steppers: [0: 300, 1: 100, 2: 200, 3: 100], width: 2)
        #expect(schedule.next(at: now, cost: cost) == steps(1, 3))
        #expect(schedule.next(at: now, cost: cost) == steps(2, 0))
    }

    /// With sound left for longer than a slice takes, the question is read first; without, the listener is served.
    @Test(arguments: [(2_000, true), (141, true), (139, false), (0, false), (-50, false)])
    func slicesWaitForUrgentSteps(soundLeft: Int, slicesFirst: Bool) {
        var schedule = schedule(steppers: [0: soundLeft], slicers: [1])
        #expect(schedule.next(at: now, cost: cost) == (slicesFirst ? .slice(place(1)) : steps(0)))
        #expect(schedule.next(at: now, cost: cost) == (slicesFirst ? steps(0) : .slice(place(1))))
    }

    /// One listener in a hurry is enough.
    @Test func theMostUrgentDecides() {
        var schedule = schedule(steppers: [0: 5_000, 1: 10], slicers: [2])
        #expect(schedule.next(at: now, cost: cost) == steps(1, 0))
    }

    @Test func questionsAreReadInTheirOrder() {
        var schedule = schedule(slicers: [7, 3, 5])
        #expect(schedule.next(at: now, cost: cost) == .slice(place(3)))
        schedule.waitForSlice(place(3))
        #expect(schedule.next(at: now, cost: cost) == .slice(place(3)))
        #expect(schedule.next(at: now, cost: cost) == .slice(place(5)))
    }

    /// Listeners who are always in a hurry do not put a question off for ever.
    @Test func noSliceStarves() {
        var schedule = schedule(slicers: [1])
        var stepCount = 0
        while true {
            schedule.waitForStep(place(0), deadline: now)
            guard case .step? = schedule.next(at: now, cost: cost) else { break }
            stepCount += 1
        }
        #expect(stepCount == ReplySchedule.maximumStepsInARow)
    }

    /// While all steps are urgent, slices still get their part of the time, however short they are.
    @Test(arguments: [1, 5, 60]) func slicesGetTheirPart(milliseconds: Int) {
        var schedule = schedule()
        var (time, sliced) = (now, Duration.zero)
        let end = now + .seconds(20)
        while time < end {
            schedule.waitForStep(place(0), deadline: time)
            schedule.waitForSlice(place(1))
            guard let work = schedule.next(at: time, cost: cost) else { break }
            let duration = work == steps(0) ? Duration.milliseconds(30) : .milliseconds(milliseconds)
            if work != steps(0) { sliced += duration }
            time = time + duration
        }
        // A quarter of the steps' time: a fifth of the whole.
        #expect(abs(sliced / (end - now) - 0.2) < 0.02)
    }

    /// Nor do questions put off a reply that is never late.
    @Test func noStepStarves() {
        var schedule = schedule(writers: [0])
        var sliceCount = 0
        while true {
            schedule.waitForSlice(place(1))
            guard case .slice? = schedule.next(at: now, cost: cost) else { break }
            sliceCount += 1
        }
        #expect(sliceCount == ReplySchedule.maximumSlicesInARow)
    }

    /// Replies without sound step along, last, where no listener is in a hurry.
    @Test(arguments: [(141, true), (139, false)]) func writersStepAlong(soundLeft: Int, withWriters: Bool) {
        var schedule = schedule(steppers: [3: soundLeft, 4: 5_000], writers: [1, 0])
        #expect(schedule.next(at: now, cost: cost) == (withWriters ? steps(3, 4, 0, 1) : steps(3, 4)))
        #expect(schedule.next(at: now, cost: cost) == (withWriters ? nil : steps(0, 1)))
    }

    /// Listeners who are always in a hurry do not keep them out for ever, nor do questions.
    @Test(arguments: [[], [2]]) func noWriterStarves(slicers: [Int]) {
        var schedule = schedule(writers: [1])
        var stepCount = 0
        for _ in 0..<100 {
            schedule.waitForStep(place(0), deadline: now)
            for index in slicers { schedule.waitForSlice(place(index)) }
            guard case .step(let places)? = schedule.next(at: now, cost: cost) else { continue }
            if places == [place(0), place(1)] { break }
            #expect(places == [place(0)])
            stepCount += 1
        }
        #expect(stepCount == ReplySchedule.maximumStepsWithoutWriters)
    }

    @Test func whoLeavesIsForgotten() {
        var schedule = schedule(steppers: [0: 10, 1: 10], writers: [3], slicers: [2])
        for index in [0, 2, 3] { schedule.forget(place(index)) }
        #expect(schedule.next(at: now, cost: cost) == steps(1))
        #expect(schedule.next(at: now, cost: cost) == nil)
    }
}
