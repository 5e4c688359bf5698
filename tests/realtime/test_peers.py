"""Missed batches of other processes, and their protocol versions."""

from chatapp.realtime.peers import MAX_SILENT_SECONDS, Peers


def test_consecutive_batches_miss_nothing() -> None:
    peers = Peers()
    assert [peers.record_batch("a", number, 1, now=0) for number in (1, 2, 3)] == [0, 0, 0]


def test_a_gap_is_counted_once() -> None:
    peers = Peers()
    assert [peers.record_batch("a", number, 1, now=0) for number in (1, 5, 6)] == [0, 3, 0]


def test_each_process_has_its_own_numbers() -> None:
    peers = Peers()
    peers.record_batch("a", 1, 1, now=0)
    assert peers.record_batch("b", 1, 1, now=0) == 0


def test_earlier_batches_of_a_new_process_were_missed() -> None:
    assert Peers().record_batch("a", 8, 1, now=0) == 7


def test_an_overtaken_batch_is_out_of_date() -> None:
    peers = Peers()
    missed = [peers.record_batch("a", number, 1, now=0) for number in (1, 3, 2, 3, 4)]
    assert missed == [0, 1, None, None, 0]


def test_another_version_is_noticed_until_its_process_is_silent() -> None:
    peers = Peers()
    peers.record_batch("a", 1, 1, now=0)
    peers.record_batch("b", 1, 2, now=1)
    assert not peers.all_use_version(1)

    peers.forget_silent(MAX_SILENT_SECONDS + 0.5)
    assert not peers.all_use_version(1)
    peers.forget_silent(MAX_SILENT_SECONDS + 1.5)
    assert peers.all_use_version(1)
