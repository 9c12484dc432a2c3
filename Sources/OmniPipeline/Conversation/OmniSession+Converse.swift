public import OmniCore

extension OmniSession {
    /// Converses: listens to audio as it comes, finds out when the speaker's turn is over, answers, and can be
    /// interrupted.
    ///
    /// ```swift
    /// for try await event in omni.makeSession().converse(listeningTo: microphone) {
    ///     switch event {
    ///     case .reply(let reply, .audio(let chunk)): player.enqueue(chunk, of: reply)
    ///     case .replyPaused: player.pause()
    ///     case .replyResumed: player.resume()
    ///     case .replyInterrupted(let interruption): player.drop(interruption.reply)
    ///     default: break
    ///     }
    /// }
    /// ```
    ///
    /// A reply is prepared as soon as the turn may be over, and is already under way when it is; nothing of it is
    /// made known before. It is made ahead of what has been heard of it, up to ``ConversationOptions/runAhead``. When
    /// the consumer takes no events, audio is not processed any further after a while, so that nothing piles up.
    ///
    /// Audio may come at any rate, in pieces of any size, and change its rate; non-finite samples are treated as
    /// silence. Places count what comes in: a source that may lose audio puts silence there, with a ``GapFiller``.
    /// While nothing comes, no turn ends. The session answers nothing else meanwhile: another question to it stops the
    /// reply in progress.
    ///
    /// - Parameters:
    ///   - audio: the audio. What it throws ends the conversation. It is taken on another thread, by a task that is
    ///     cancelled at the end of the conversation. The conversation does not wait for that task: audio that ignores
    ///     cancellation keeps itself in memory, and nothing else.
    ///   - options: how the conversation is led.
    /// - Returns: the conversation, which has begun. Its events fail with what `audio` throws, with
    ///   ``OmniSessionError/noVoiceActivity``, ``OmniSessionError/questionDoesNotFit(mode:)`` or a
    ///   ``DedicatedThreadError``. A reply that fails is an event, ``ConversationEvent/replyFailed(_:_:)``; the
    ///   conversation goes on.
    public func converse<Audio: AsyncSequence & Sendable>(
        listeningTo audio: Audio, options: ConversationOptions = ConversationOptions()
    ) -> Conversation where Audio.Element == AudioChunk {
        let inbox = Mailbox<ConversationInbox>()
        return lead(maker, options, inbox) { await Self.feed(audio, to: inbox) }
    }

    /// Converses about audio that the caller hands over with ``Conversation/push(_:)``; everything else as in
    /// ``converse(listeningTo:options:)``.
    ///
    /// - Parameter options: how the conversation is led.
    /// - Returns: the conversation, which has begun.
    public func converse(_ options: ConversationOptions = ConversationOptions()) -> Conversation {
        lead(maker, options, Mailbox<ConversationInbox>(), feed: nil)
    }

    private func lead<Maker: ReplyMaker>(
        _ maker: Maker, _ options: ConversationOptions, _ inbox: Mailbox<ConversationInbox>,
        feed: (@Sendable () async -> Void)?
    ) -> Conversation {
        let outbox = Mailbox<ConversationOutbox> { inbox.wake() }
        let conversation = Conversation(inbox: inbox, outbox: outbox)
        // Listening must not wait for a step of the reply: a thread of its own, unless the caller has one.
        let executor = options.executor ?? InferenceExecutor(name: "omni.listening")
        var hold: InferenceExecutor.Hold?
        do { hold = try (executor as? InferenceExecutor)?.hold() } catch {
            inbox.change { $0.close() }
            outbox.finish(throwing: error)
            return conversation
        }
        Task(executorPreference: executor) { [hold] in
            defer { withExtendedLifetime(hold) {} }
            do {
                let driver = try ConversationDriver(
                    maker, session: self, options: options, inbox: inbox, outbox: outbox)
                // Not on this thread, as the source may block, and not a child task: the conversation would wait for a
                // source that ignores cancellation.
                let feeder = feed.map { feed in Task(executorPreference: globalConcurrentExecutor) { await feed() } }
                await driver.run()
                feeder?.cancel()
            } catch {
                inbox.change { $0.close() }
                outbox.finish(throwing: error)
            }
        }
        return conversation
    }

    private static func feed<Audio: AsyncSequence>(
        _ audio: Audio, to inbox: Mailbox<ConversationInbox>
    ) async where Audio.Element == AudioChunk {
        do {
            for try await chunk in audio {
                guard !Task.isCancelled else { return }
                await inbox.feed(chunk)
            }
            await inbox.endAudio()
        } catch {
            await inbox.endAudio(throwing: error)
        }
    }
}
