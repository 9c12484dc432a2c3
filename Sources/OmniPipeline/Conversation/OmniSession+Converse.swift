public import OmniCore

extension OmniSession {
    /// Converses: listens to sound as it comes, finds out when the speaker's turn is over, answers, and lets itself be
    /// interrupted.
    ///
    /// ```swift
    /// for try await event in omni.makeSession().converse(listeningTo: microphone) {
    ///     switch event {
    ///     case .reply(.audio(let chunk, let reply)): player.enqueue(chunk, of: reply)
    ///     case .replyPaused: player.pause()
    ///     case .replyResumed: player.resume()
    ///     case .replyInterrupted(let interruption): player.drop(interruption.reply)
    ///     default: break
    ///     }
    /// }
    /// ```
    ///
    /// An answer is prepared as soon as the turn may be over, and is already under way when it is; nothing of it is
    /// known outside before. It is made ahead of what has been heard of it, up to ``ConversationOptions/runAhead``. Who
    /// takes no events is not listened to after a while, so that nothing piles up.
    ///
    /// Sound may come at any rate, in pieces of any size, and change its rate; samples that are not finite are heard as
    /// silence. Places count what comes in: whoever captures sound and may lose some puts silence there, with a
    /// ``GapFiller``. While nothing comes, no turn ends. The session answers nothing else meanwhile: another question
    /// to it stops the answer in progress.
    ///
    /// - Parameters:
    ///   - audio: the sound. What it throws ends the conversation.
    ///   - options: how the conversation is led.
    /// - Returns: the conversation, which has begun. Its events fail with what `audio` throws, with
    ///   ``OmniSessionError/noVoiceActivity``, ``OmniSessionError/questionDoesNotFit(mode:)``, with a
    ///   ``DedicatedThreadError`` when the system starts no thread, or with a ``ResamplerError`` when the encoder
    ///   cannot hear at the rate of the voice activity model. An answer that fails is an event, and the conversation
    ///   goes on.
    public func converse<Audio: AsyncSequence & Sendable>(
        listeningTo audio: Audio, options: ConversationOptions = ConversationOptions()
    ) -> Conversation where Audio.Element == AudioChunk {
        let inbox = ConversationInbox()
        let outbox = ConversationOutbox { inbox.wake() }
        lead(maker, listeningTo: audio, options, inbox, outbox)
        return Conversation(inbox: inbox, outbox: outbox)
    }

    private func lead<Maker: ReplyMaker, Audio: AsyncSequence & Sendable>(
        _ maker: Maker, listeningTo audio: Audio, _ options: ConversationOptions, _ inbox: ConversationInbox,
        _ outbox: ConversationOutbox
    ) where Audio.Element == AudioChunk {
        // Listening must not wait for a step of the answer: a thread of its own.
        let executor = InferenceExecutor(name: "omni.listening")
        let hold: InferenceExecutor.Hold
        do { hold = try executor.hold() } catch { return outbox.finish(throwing: error) }
        Task(executorPreference: executor) {
            defer { withExtendedLifetime(hold) {} }
            do {
                let loop = try ConversationLoop(maker, session: self, options: options, inbox: inbox, outbox: outbox)
                await loop.run(audio)
            } catch {
                outbox.finish(throwing: error)
            }
        }
    }
}
