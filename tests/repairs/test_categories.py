"""The tree an estate starts with."""

from repairs.models import Category
from repairs.services import seed_categories
from tests.people import World


def test_seeding_gives_tiles_with_their_problems(world: World) -> None:
    tiles = seed_categories(world.garden)
    assert [tile.name for tile in tiles] == [
        "水管漏水",
        "电路灯具",
        "门窗门禁",
        "电梯",
        "下水堵塞",
        "墙面渗水",
        "燃气消防",
        "其他",
    ]
    assert {tile.children.count() in range(2, 6) for tile in tiles} == {True}
    trapped = Category.objects.get(estate=world.garden, code="lift-trapped")
    assert (trapped.priority, trapped.respond_minutes, trapped.place_kind) == (
        "emergency",
        5,
        "public",
    )


def test_seeding_twice_adds_nothing_and_keeps_what_the_estate_changed(world: World) -> None:
    seed_categories(world.garden)
    before = Category.objects.count()
    Category.objects.filter(estate=world.garden, code="power").update(name="强电")
    seed_categories(world.garden)
    assert Category.objects.count() == before
    assert Category.objects.get(estate=world.garden, code="power").name == "强电"
